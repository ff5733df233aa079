package org.octolift.apps.report;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32C;
import org.octolift.engine.InputException;
import org.octolift.engine.io.InputFile;

/// Writes curves in TensorBoard's event files and reads them back. Each run, and each resumed
/// run, writes a new file; TensorBoard joins the files of a folder.
///
/// A file is a sequence of records: length (8 bytes), its masked CRC-32C (4), data, their masked
/// CRC-32C (4). The data are messages of TensorFlow's event.proto; the first states the version.
public final class TensorBoardEvents implements Closeable {
  private static final String VERSION = "brain.Event:2";
  private static final int MAX_FILE_BYTES = 1 << 30;

  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;

  /// One event of a file.
  ///
  /// @param wallTime seconds since 1970
  /// @param step what the values belong to: an iteration or an epoch
  /// @param fileVersion for the first event of a file, else null
  /// @param scalars numbers by tag, in the order of the file
  /// @param otherTags tags of values that are no numbers: tensors, images
  public record Event(
      double wallTime,
      long step,
      String fileVersion,
      SequencedMap<String, Float> scalars,
      List<String> otherTags) {}

  private final Path file;
  private final FileChannel channel;
  private final InstantSource clock;

  private TensorBoardEvents(Path file, FileChannel channel, InstantSource clock) {
    this.file = file;
    this.channel = channel;
    this.clock = clock;
  }

  /// Starts a new file in {@code folder}, which is made if needed.
  ///
  /// @param clock gives the events their time
  public static TensorBoardEvents create(Path folder, InstantSource clock) throws IOException {
    Files.createDirectories(folder);
    Instant now = clock.instant();
    String name =
        "events.out.tfevents.%010d.octolift.%d."
            .formatted(now.getEpochSecond(), ProcessHandle.current().pid());
    int number = 0;
    while (Files.exists(folder.resolve(name + number))) {
      number++;
    }
    Path file = folder.resolve(name + number);
    TensorBoardEvents events =
        new TensorBoardEvents(
            file,
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            clock);
    events.append(
        new ProtoWriter().fixed64(EVENT_WALL_TIME, seconds(now)).text(EVENT_FILE_VERSION, VERSION));
    return events;
  }

  /// The file being written.
  public Path file() {
    return file;
  }

  /// Appends one event with the values of all tags at {@code step}; it is in the file, and
  /// visible to TensorBoard, when this returns.
  public void scalars(long step, Map<String, ? extends Number> values) throws IOException {
    ProtoWriter summary = new ProtoWriter();
    values.forEach(
        (tag, value) ->
            summary.message(
                SUMMARY_VALUE,
                new ProtoWriter().text(VALUE_TAG, tag).fixed32(VALUE_SIMPLE, value.floatValue())));
    append(
        new ProtoWriter()
            .fixed64(EVENT_WALL_TIME, seconds(clock.instant()))
            .varint(EVENT_STEP, step)
            .message(EVENT_SUMMARY, summary));
  }

  /// Appends the value of one tag at {@code step}.
  public void scalar(long step, String tag, double value) throws IOException {
    scalars(step, Map.of(tag, value));
  }

  private void append(ProtoWriter event) throws IOException {
    byte[] data = event.toByteArray();
    ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedChecksum(record.slice(0, 8)));
    record.put(data);
    record.putInt(maskedChecksum(ByteBuffer.wrap(data)));
    record.flip();
    while (record.hasRemaining()) {
      channel.write(record);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Reads all events of a file.
  ///
  /// @throws InputException naming the record when the file is damaged or ends within one
  public static List<Event> read(Path file) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(InputFile.bytes(file, MAX_FILE_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    do {
      String where = "%s: record %d at byte %d".formatted(file, events.size(), bytes.position());
      Event event = event(where, record(where, bytes));
      if (events.isEmpty() && !VERSION.equals(event.fileVersion())) {
        throw new InputException(
            "%s: expected file version %s, found %s"
                .formatted(where, VERSION, event.fileVersion()));
      }
      events.add(event);
    } while (bytes.hasRemaining());
    return Collections.unmodifiableList(events);
  }

  private static ByteBuffer record(String where, ByteBuffer bytes) {
    if (bytes.remaining() < 16) {
      throw new InputException(
          "%s: expected at least 16 bytes, found %d".formatted(where, bytes.remaining()));
    }
    int start = bytes.position();
    long length = bytes.getLong();
    if (bytes.getInt() != maskedChecksum(bytes.slice(start, 8))) {
      throw new InputException(where + ": the checksum of its length differs");
    }
    if (length < 0 || length > bytes.remaining() - 4) {
      throw new InputException(
          "%s: expected %s bytes of data, found %d"
              .formatted(where, Long.toUnsignedString(length), bytes.remaining() - 4));
    }
    ByteBuffer data = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    if (bytes.getInt() != maskedChecksum(data.duplicate())) {
      throw new InputException(where + ": the checksum of its data differs");
    }
    return data;
  }

  private static Event event(String where, ByteBuffer data) {
    double wallTime = 0;
    long step = 0;
    String version = null;
    SequencedMap<String, Float> scalars = new LinkedHashMap<>();
    List<String> otherTags = new ArrayList<>();
    ProtoReader event = new ProtoReader(where, data);
    for (int field = event.next(); field != 0; field = event.next()) {
      switch (field) {
        case EVENT_WALL_TIME -> wallTime = event.fixed64();
        case EVENT_STEP -> step = event.varint();
        case EVENT_FILE_VERSION -> version = event.text();
        case EVENT_SUMMARY -> summary(event.message(), scalars, otherTags);
        default -> event.skip();
      }
    }
    return new Event(
        wallTime,
        step,
        version,
        Collections.unmodifiableSequencedMap(scalars),
        Collections.unmodifiableList(otherTags));
  }

  private static void summary(
      ProtoReader summary, Map<String, Float> scalars, List<String> otherTags) {
    for (int field = summary.next(); field != 0; field = summary.next()) {
      if (field != SUMMARY_VALUE) {
        summary.skip();
        continue;
      }
      ProtoReader value = summary.message();
      String tag = "";
      Float scalar = null;
      for (int part = value.next(); part != 0; part = value.next()) {
        switch (part) {
          case VALUE_TAG -> tag = value.text();
          case VALUE_SIMPLE -> scalar = value.fixed32();
          default -> value.skip();
        }
      }
      if (scalar != null) {
        scalars.put(tag, scalar);
      } else {
        otherTags.add(tag);
      }
    }
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() * 1e-9;
  }

  /// TFRecord's masked CRC-32C: rotated right by 15 bits, plus 0xa282ead8.
  private static int maskedChecksum(ByteBuffer data) {
    CRC32C checksum = new CRC32C();
    checksum.update(data);
    return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
  }
}
