package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.InputException;

final class UnreadTest {
  @TempDir private Path folder;
  private TinyRun tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyRun.in(folder);
  }

  @ParameterizedTest
  @CsvSource({"limit, True", "semi, True", "limited_reconst, some.txt"})
  void whatRestrictsLabelsIsRefused(String key, String value) {
    assertThatThrownBy(() -> tiny.run("DATA.train." + key, value, "DATA.train.points", "20"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("DATA.train." + key + ": expected ")
        .hasMessageContaining("finetune-la");
  }

  @Test
  void aTestDoesNotMind() throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch", "1");
    tiny.run("SOLVER.run", "test", "DATA.train.limit", "True", "DATA.train.points", "20");
    assertThat(tiny.console()).anyMatch(line -> line.startsWith("test/mIoU_part"));
  }

  @Test
  void theRestIsWarnedOf() throws IOException, InterruptedException {
    tiny.run(
        "SOLVER.max_epoch", "1",
        "DATA.train.points", "20",
        "DATA.train.points_file", "x.npz",
        "MODEL.pretrain_file", "x.pth",
        "MODEL.pseudo_file", "x.pth",
        "MODEL.use_checkpoint", "True");
    for (String key :
        new String[] {
          "DATA.train.points:",
          "DATA.train.points_file:",
          "MODEL.pretrain_file:",
          "MODEL.pseudo_file:",
          "MODEL.use_checkpoint: has no effect"
        }) {
      assertThat(tiny.console()).anyMatch(line -> line.startsWith(key));
    }
  }
}
