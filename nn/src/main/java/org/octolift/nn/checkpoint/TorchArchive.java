package org.octolift.nn.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.octolift.engine.io.NdArray;

/// The zip file of torch.save: entries that are not compressed, each beginning at a multiple of 64
/// bytes so that it can be mapped into memory. The bytes depend on the content alone.
///
/// Source: PyTorch's caffe2/serialize/inline_container.
final class TorchArchive {
  private static final String FOLDER = "archive/";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER = 30;

  /// The extra field that PyTorch pads with, as its own files have it.
  private static final short PADDING = 0x4246;

  /// Any day that the format can hold without an extension.
  private static final LocalDateTime DAY = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final ZipOutputStream zip;
  private long at;

  private TorchArchive(ZipOutputStream zip) {
    this.zip = zip;
  }

  /// Content of one entry.
  @FunctionalInterface
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /// Writes {@code value} to {@code out}.
  static void write(Object value, OutputStream out) throws IOException {
    PickleWriter writer = new PickleWriter();
    byte[] pickle = writer.pickle(value);
    ZipOutputStream zip = new ZipOutputStream(out);
    TorchArchive archive = new TorchArchive(zip);
    archive.add("data.pkl", pickle);
    archive.add("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    for (int key = 0; key < writer.storages().size(); key++) {
      NdArray storage = writer.storages().get(key);
      archive.add("data/" + key, storage.segment().byteSize(), storage::writeTo);
    }
    archive.add("version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private void add(String name, byte[] bytes) throws IOException {
    add(name, bytes.length, out -> out.write(bytes));
  }

  private void add(String name, long size, Content content) throws IOException {
    CRC32 checksum = new CRC32();
    content.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(DAY);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(checksum.getValue());
    int header = LOCAL_HEADER + FOLDER.length() + name.length();
    int extra = 4 + Math.floorMod(-(at + header + 4), ALIGNMENT);
    entry.setExtra(
        ByteBuffer.allocate(extra)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort(PADDING)
            .putShort((short) (extra - 4))
            .array());
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
    at += header + extra + size;
  }
}
