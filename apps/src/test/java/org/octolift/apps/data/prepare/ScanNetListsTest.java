package org.octolift.apps.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;

class ScanNetListsTest {
  @TempDir private Path folder;
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;

  /// A server whose first two answers are 503.
  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          boolean known = path.startsWith("/lists/");
          byte[] body =
              (path.replaceAll(".*_|\\.txt", "") + "_00\n").getBytes(StandardCharsets.UTF_8);
          int status = requests.incrementAndGet() <= 2 ? 503 : known ? 200 : 404;
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String address(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private ScanNetLists lists(int attempts) {
    return new ScanNetLists(new Download(null, attempts, Duration.ofMillis(1)), folder);
  }

  @Test
  void triesAgainAndNamesChunks() throws IOException {
    Files.createDirectories(folder.resolve("train"));
    for (int i = 0; i < 12; i++) {
      Files.writeString(folder.resolve("train/val_00.chunk_" + i + ".ply"), "");
      Files.writeString(folder.resolve("train/val_00.chunk_" + i + ".mask.npy"), "");
    }
    assertThat(lists(3).write(address("/lists/"), null))
        .containsEntry("scannetv2_train.txt", 1)
        .containsEntry("scannetv2_val_new.txt", 12)
        .hasSize(7);
    assertThat(folder.resolve("scannetv2_val.txt")).hasContent("val_00.ply\n");
    assertThat(folder.resolve("scannetv2_test_new.txt")).hasContent("test_00.ply\n");
    assertThat(Files.readAllLines(folder.resolve("scannetv2_train_val_new.txt")))
        .hasSize(13)
        .startsWith(
            "train_00.ply", "val_00.chunk_0.ply", "val_00.chunk_1.ply", "val_00.chunk_2.ply")
        .endsWith("val_00.chunk_11.ply");
    assertThat(requests).hasValue(5);
  }

  @Test
  void saysWhatTheServerAnswers() {
    assertThatThrownBy(() -> lists(2).write(address("/lists/"), null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the server answers 503")
        .hasMessageContaining("--from");
    assertThatThrownBy(() -> lists(1).write(address("/none/"), null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the server answers 404 (no such file)");
  }

  @Test
  void saysWhenItIsOffLine() {
    server.stop(0);
    assertThatThrownBy(() -> lists(2).write(address("/lists/"), null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is this machine off line?")
        .hasMessageContaining("--proxy HOST:PORT");
  }

  @Test
  void goesThroughAProxy() throws IOException {
    requests.set(2);
    Download proxied =
        new Download(
            Download.proxy("127.0.0.1:" + server.getAddress().getPort(), Map.of()),
            1,
            Duration.ofMillis(1));
    new ScanNetLists(proxied, folder).write("http://nowhere.invalid/lists/", null);
    assertThat(folder.resolve("scannetv2_train.txt")).hasContent("train_00.ply\n");
    assertThat(Download.proxy(null, Map.of("HTTPS_PROXY", "http://there:81/")))
        .isEqualTo(InetSocketAddress.createUnresolved("there", 81));
    assertThat(Download.proxy(null, Map.of())).isNull();
    assertThatThrownBy(() -> Download.proxy("there", Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected HOST:PORT");
  }

  @Test
  void takesArchivesAndFolders() throws IOException {
    Path zip = folder.resolve("lists.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("filelist/scannetv2_train_new.txt"));
      out.write("a.ply\nb.chunk_0.ply\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(lists(1).write(zip.toString(), null))
        .containsOnly(Map.entry("scannetv2_train_new.txt", 2));
    assertThat(folder.resolve("scannetv2_train_new.txt")).hasContent("a.ply\nb.chunk_0.ply\n");
    assertThatThrownBy(() -> lists(1).write(zip.toString(), "00"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected the SHA-256 sum 00, found ");

    Path own = Files.createDirectories(folder.resolve("own"));
    for (String set : new String[] {"train", "val", "test"}) {
      Files.writeString(own.resolve("scannetv2_" + set + ".txt"), "s1\ns2.ply\n\n");
    }
    lists(1).write(own.toString(), null);
    assertThat(folder.resolve("scannetv2_val.txt")).hasContent("s1.ply\ns2.ply\n");
    Files.writeString(own.resolve("scannetv2_val.txt"), "<html>\n");
    assertThatThrownBy(() -> lists(1).write(own.toString(), null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected names of scans, found \"<html>\"");
    assertThatThrownBy(() -> lists(1).write(folder.resolve("none").toString(), null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--from: expected a folder");
  }
}
