package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.octolift.engine.Variable;
import org.octolift.engine.tornado.DeviceArrays.Element;
import org.octolift.engine.tornado.DeviceArrays.Mirrors;
import org.octolift.engine.tornado.ResidentArray.Role;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Arrays and their memory on the host.
final class DeviceArraysTest {
  private static DeviceArrays arrays(Mirrors mirrors) {
    return new DeviceArrays(mirrors, new SharedMirror(4000));
  }

  /// The first element, after another array's has been set.
  private static float first(DeviceArrays arrays, Role role) {
    FloatArray one = (FloatArray) arrays.add(Element.FLOAT, 1000, role).host();
    FloatArray other = (FloatArray) arrays.add(Element.FLOAT, 1000, role).host();
    other.init(1);
    return one.get(500);
  }

  @Test
  void arraysOfTheDeviceShareMemory() {
    DeviceArrays arrays = arrays(Mirrors.USED);
    for (Role role : Role.values()) {
      assertThat(first(arrays, role)).as("%s", role).isEqualTo(role.isOfHost() ? 0 : 1);
    }
  }

  @Test
  void whereTheHostIsTheDeviceNoneDo() {
    assertThat(first(arrays(Mirrors.ALL), Role.TEMPORARY)).isZero();
  }

  @Test
  void whereNothingRunsConstantsAloneDoNot() {
    assertThat(first(arrays(Mirrors.FIXED), Role.CONSTANT)).isZero();
    assertThat(first(arrays(Mirrors.FIXED), Role.INPUT)).isEqualTo(1);
  }

  @Test
  void viewsBeginAtDifferentAddresses() {
    SharedMirror mirror = new SharedMirror(100);
    long first = mirror.view(100).address();
    assertThat(mirror.view(40).address()).isEqualTo(first + 16);
    assertThat(mirror.view(1 << 20).byteSize()).isEqualTo(1 << 20);
  }

  @Test
  void bytesAreSummedByRole() {
    DeviceArrays arrays = arrays(Mirrors.USED);
    arrays.add(Element.FLOAT, 10, Role.TEMPORARY);
    arrays.add(Element.INT, 0, Role.TEMPORARY);
    arrays.add(Element.LONG, 3, Role.SCRATCH);
    assertThat(arrays.bytes())
        .containsEntry(Role.TEMPORARY, 16 + 40 + 16 + 4L)
        .containsEntry(Role.SCRATCH, 16 + 24L)
        .hasSize(2);
    assertThat(arrays.all().getLast().host()).isInstanceOf(LongArray.class);
  }

  /// Later graphs are given a variable's address; what TornadoVM allocates for them first is small.
  @Test
  void laterGraphsKnowAVariableByAnotherArray() {
    Variable variable = new Variable("v", 10, 10);
    DeviceArrays arrays = arrays(Mirrors.USED);
    ResidentArray array = arrays.add(variable);
    assertThat(arrays.use(array, 0)).isSameAs(variable.host());
    assertThat(arrays.use(array, 2).getSize()).isEqualTo(1);
    assertThat(arrays.use(array, 2)).isSameAs(array.in(2)).isNotSameAs(arrays.use(array, 3));
    DeviceArrays own = arrays(Mirrors.ALL);
    ResidentArray shared = own.add(variable);
    own.use(shared, 0);
    assertThat(own.use(shared, 2)).isSameAs(variable.host());
  }
}
