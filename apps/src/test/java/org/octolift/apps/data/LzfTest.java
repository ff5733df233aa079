package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LzfTest {
  @Test
  void roundTripsAnything() {
    SplittableRandom random = new SplittableRandom(5);
    for (int length : new int[] {0, 1, 2, 3, 31, 32, 33, 264, 265, 1000, 9000, 70_000}) {
      for (int alphabet : new int[] {1, 2, 7, 256}) {
        byte[] source = new byte[length];
        for (int i = 0; i < length; i++) {
          source[i] = (byte) random.nextInt(alphabet);
        }
        byte[] packed = Lzf.compress(source);
        assertThat(Lzf.decompress(packed, length)).isEqualTo(source);
        assertThat(length).isLessThanOrEqualTo(Lzf.MAX_RATIO * Math.max(1, packed.length));
      }
    }
  }

  @Test
  void compressesRuns() {
    assertThat(Lzf.compress(new byte[264_000]).length).isLessThan(264_000 / 80);
  }

  @Test
  void readsTheFormat() {
    // Literal "ab", 1 + 2 bytes from 2 back, 7 + 3 + 2 bytes from 1 back.
    byte[] packed = {1, 'a', 'b', 1 << 5, 1, (byte) (7 << 5), 3, 0};
    assertThat(Lzf.decompress(packed, 17)).asString().isEqualTo("ababaaaaaaaaaaaaa");
  }

  @Test
  void refusesDamage() {
    byte[] packed = {1, 'a', 'b', 1 << 5, 1};
    assertThat(Lzf.decompress(packed, 5)).asString().isEqualTo("ababa");
    assertThat(Lzf.decompress(packed, 6)).isNull();
    assertThat(Lzf.decompress(packed, 4)).isNull();
    assertThat(Lzf.decompress(new byte[] {1, 'a'}, 2)).isNull();
    assertThat(Lzf.decompress(new byte[] {0, 'a', 1 << 5}, 4)).isNull();
    assertThat(Lzf.decompress(new byte[] {0, 'a', (byte) (7 << 5), 1}, 4)).isNull();
    assertThat(Lzf.decompress(new byte[] {0, 'a', 1 << 5, 1}, 4)).isNull();
  }
}
