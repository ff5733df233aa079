package org.octolift.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.train.Progress;
import org.octolift.apps.transfer.TinyTransfer;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.engine.InputException;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class DemoTest {
  @TempDir private Path folder;

  private final List<String> lines = new ArrayList<>();

  private Demo.Result run(Path out, int threads) throws Exception {
    TransferOptions options =
        new TransferOptions(
            out, TinyTransfer.SCALE, 5, threads, "cpu", Optional.empty(), TinyTransfer.NETWORK);
    Progress.Display display =
        new Progress.Display(System.out, System::nanoTime, Progress.Style.OFF, 80);
    return new Demo(options, lines::add, display).run();
  }

  @Test
  void sameSeedSameResultAndAReportToRead() throws Exception {
    Path out = folder.resolve("first");
    Demo.Result first = run(out, 1);
    for (Demo.Score score : List.of(first.scratch(), first.pretrained())) {
      assertThat(score.miou()).isBetween(0.0, 1.0);
      assertThat(score.accuracy()).isBetween(0.0, 1.0);
      assertThat(score.classes()).isGreaterThanOrEqualTo(8);
    }
    assertThat(lines).anyMatch(line -> line.startsWith("fine-tuning from scratch: done in"));

    Document page = parse(first.report());
    assertThat(page.getElementsByTagName("img").getLength()).isEqualTo((2 + 3) * 4);
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(4);
    assertThat(page.getElementsByTagName("dd").item(0).getTextContent())
        .isEqualTo("%.3f".formatted(first.pretrained().miou()));
    assertThat(page.getElementsByTagName("dd").item(1).getTextContent())
        .isEqualTo("%.3f".formatted(first.scratch().miou()));

    Demo.Result second = run(folder.resolve("second"), 2);
    assertThat(second.scratch()).isEqualTo(first.scratch());
    assertThat(second.pretrained()).isEqualTo(first.pretrained());
  }

  @Test
  void aFolderOfSomebodyElseIsLeftAlone() throws Exception {
    Path precious = Files.createDirectories(folder.resolve("pretraining")).resolve("precious");
    Files.writeString(precious, "x");
    assertThatThrownBy(() -> run(folder, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("was not written by a demo");
    assertThat(precious).exists();
  }

  private static Document parse(Path page) throws Exception {
    String text = Files.readString(page).replaceFirst("<!DOCTYPE html>", "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }
}
