package org.octolift.apps.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.octolift.apps.data.prepare.Download;
import org.octolift.apps.data.prepare.ScanNetLists;
import org.octolift.engine.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift data filelists`: which ScanNet scans are for training, validation and test.
@Command(
    name = "filelists",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes the lists of ScanNet's training, validation and test scans.",
      "",
      "scannetv2_train.txt, _val and _test name a scan a line; in scannetv2_train_new.txt, _val_new,"
          + " _test_new and _train_val_new, scans that \"octolift data scannet\" has cut are replaced"
          + " by their chunks: run it again after that.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  octolift data filelists --path-out data/scannet",
      "  octolift data filelists --from lists.zip --sha256 HEX --path-out data/scannet"
    })
public final class DataFilelistsCommand implements Callable<Integer> {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;

  @Option(
      names = {"--path-out", "--path_out"},
      defaultValue = "data/scannet",
      paramLabel = "DIR",
      description = "Folder to write to, with the prepared scans (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--from",
      paramLabel = "SOURCE",
      description = {
        "A folder, or an http address ending in /, that has scannetv2_train.txt, _val and _test; or a"
            + " .zip file, or the address of one, whose lists are taken as they are.",
        "Default: the official lists from ScanNet's repository, compared with their known sums."
      })
  private String source = ScanNetLists.OFFICIAL;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "The SHA-256 sum that the .zip file must have.")
  private String sha256;

  @Option(
      names = "--proxy",
      paramLabel = "HOST:PORT",
      description = "Proxy for http and https (default: $https_proxy, $http_proxy, $all_proxy).")
  private String proxy;

  @Option(
      names = "--retries",
      defaultValue = "3",
      paramLabel = "N",
      description = "How often to try again after a failure, 0 to 20 (default: ${DEFAULT-VALUE}).")
  private int retries;

  /// Writes the lists and says so.
  @Override
  public Integer call() throws IOException {
    if (retries < 0 || retries > 20) {
      throw new InputException("--retries must be 0..20, is " + retries);
    }
    Download download = new Download(Download.proxy(proxy, System.getenv()), 1 + retries, PAUSE);
    PrintWriter out = spec.commandLine().getOut();
    new ScanNetLists(download, output)
        .write(source, sha256)
        .forEach((name, lines) -> out.printf("%s: %,d lines%n", output.resolve(name), lines));
    out.flush();
    return 0;
  }
}
