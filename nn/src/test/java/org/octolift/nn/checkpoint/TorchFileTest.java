package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.Json;
import org.octolift.engine.io.NdArray;

final class TorchFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"state.pth", "state_legacy.pth"})
  void readsAStateDict(String name) throws IOException {
    Path file = TestFiles.resource(folder, name);
    Map<String, NdArray> state = TorchFile.readStateDict(file);

    assertThat(state.keySet())
        .startsWith("weight", "transposed", "row", "column", "scalar", "empty")
        .hasSize(16);
    float[] eighths = state.get("weight").expectShape(3, 4).floats();
    for (int i = 0; i < 12; i++) {
      assertThat(eighths[i]).isEqualTo(i / 8f);
    }
    assertThat(state.get("transposed").expectShape(4, 3).floats())
        .containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assertThat(state.get("row").expectShape(4).floats()).containsExactly(4, 5, 6, 7);
    assertThat(state.get("column").expectShape(3).floats()).containsExactly(2, 6, 10);
    assertThat(state.get("scalar").expectShape().ints()).containsExactly(7);
    assertThat(state.get("empty").expectShape(0, 3).size()).isZero();
    for (DType dtype : DType.values()) {
      if (!List.of(DType.UINT16, DType.UINT32, DType.UINT64).contains(dtype)) {
        NdArray tensor = state.get(dtype.toString());
        assertThat(tensor.dtype()).isEqualTo(dtype);
        float last = dtype.isFloat() ? 2.5f : dtype == DType.BOOL ? 1 : 2;
        assertThat(tensor.floats()).containsExactly(0, 1, last);
      }
    }
    assertThat(state.get("row").source()).isEqualTo(file + ": row");
  }

  @Test
  void readsASolverState() throws IOException {
    Map<?, ?> solver = (Map<?, ?>) TorchFile.read(TestFiles.resource(folder, "solver.tar"));

    Map<String, NdArray> model = TorchFile.stateDict("model", solver.get("model_dict"));
    assertThat(model.keySet())
        .containsExactly(
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "1.num_batches_tracked");
    assertThat(model.get("1.num_batches_tracked").longs()).containsExactly(1);
    assertThat(solver.get("epoch")).isEqualTo(12L);
    assertThat(solver.get("best")).isEqualTo(-0.25);
    assertThat(solver.get("big")).isEqualTo(1L << 62);
    assertThat(solver.get("name")).isEqualTo("säule");
    assertThat(solver.get("flags")).isEqualTo(Arrays.asList(true, false, null));
    assertThat(solver.get("size")).isEqualTo(List.of(2L, 3L));
    assertThat(solver.get("loss")).isEqualTo(0.125);
    assertThat(((NdArray) solver.get("indices")).expectShape(2, 2).ints())
        .containsExactly(3, 1, 4, 1);
    assertThat(((NdArray) solver.get("none")).size()).isZero();
    assertThat(((NdArray) solver.get("big_endian")).floats()).containsExactly(1.5f, -2);
    Map<?, ?> optimiser = (Map<?, ?>) solver.get("optimizer_dict");
    Map<?, ?> momenta = (Map<?, ?>) optimiser.get("state");
    assertThat(momenta.keySet()).hasSize(4).first().isEqualTo(0L);
    Map<?, ?> schedule = (Map<?, ?>) solver.get("scheduler_dict");
    assertThat(schedule.get("milestones")).isEqualTo(Map.of(120L, 1L, 60L, 1L));
    assertThatThrownBy(() -> TorchFile.stateDict("solver.tar", solver))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("model_dict");
  }

  @ParameterizedTest
  @ValueSource(strings = {"protocol4.pth", "protocol5.pth"})
  void readsLaterProtocols(String name) throws IOException {
    Map<?, ?> saved = (Map<?, ?>) TorchFile.read(TestFiles.resource(folder, name));

    assertThat(((NdArray) saved.get("indices")).longs()).containsExactly(0, 1, 2);
    assertThat(((NdArray) saved.get("w")).expectShape(2, 4).floats())
        .containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 50})
  void readsTheReferencesPointLists(int budget) throws IOException {
    Path lists = TestFiles.shared("golden/limited_lists/LA");
    Map<?, ?> scenes = (Map<?, ?>) TorchFile.read(lists.resolve("points" + budget));
    Map<?, ?> all = (Map<?, ?>) Json.parse(lists.resolve("expected_first8_and_sum.json"));
    Map<?, ?> expected = (Map<?, ?>) all.get(Integer.toString(budget));

    long sum = 0;
    for (Object indices : scenes.values()) {
      sum += Arrays.stream(((NdArray) indices).expectShape(budget).longs()).sum();
    }
    assertThat(sum).isEqualTo(expected.get("_checksum_sum_all"));
    assertThat((long) scenes.size()).isEqualTo(expected.get("_scenes"));
    int compared = 0;
    for (Map.Entry<?, ?> scene : expected.entrySet()) {
      if (scene.getValue() instanceof List<?> first) {
        long[] indices = ((NdArray) scenes.get(scene.getKey())).longs();
        assertThat(Arrays.stream(indices).limit(8).boxed().toList()).isEqualTo(first);
        compared++;
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_legacy.pth", "protocol5.pth"})
  void everyTruncationIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(TestFiles.resource(folder, name));
    Path cut = folder.resolve("cut");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TorchFile.read(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(cut.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_legacy.pth", "protocol5.pth"})
  void changedBytesAreRefusedOrHarmless(String name) throws IOException {
    byte[] whole = Files.readAllBytes(TestFiles.resource(folder, name));
    Path changed = folder.resolve("changed");
    int refused = 0;
    for (int i = 0; i < 8 * whole.length; i += 37) {
      byte[] bytes = whole.clone();
      bytes[i / 8] ^= (byte) (1 << (i % 8));
      Files.write(changed, bytes);
      try {
        TorchFile.read(changed);
      } catch (InputException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 20);
  }
}
