package org.octolift.apps.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.octolift.apps.rooms.Material.Colour;

class RendererTest {
  private static final Material GREY = Material.plain(new Colour(0.5, 0.5, 0.5));

  /// A wall at y = 4 behind a bed-sized box from y = 1 to y = 2, seen from the origin.
  private static Scene boxBeforeWall(boolean withBox) {
    List<Primitive> list = new ArrayList<>();
    list.add(new Primitive(RoomClass.WALL, 1, new Shape.Box(9, 0.1, 9), Pose.at(0, 4.1, 0), GREY));
    if (withBox) {
      list.add(
          new Primitive(RoomClass.BED, 2, new Shape.Box(0.5, 0.5, 0.5), Pose.at(0, 1.5, 0), GREY));
    }
    return new Scene(list, Lighting.of(new Dice(1), 4, 4, 3), 4, 4, 3);
  }

  private static Camera camera() {
    return Camera.lookAt(new double[] {0, 0, 0}, new double[] {0, 1, 0}, 81, 61, 90);
  }

  @Test
  void hiddenSurfacesAreMissing() {
    Camera camera = camera();
    View view = Renderer.render(boxBeforeWall(true), camera);
    double[] point = new double[3];
    int walls = 0;
    for (int row = 0; row < 61; row++) {
      for (int column = 0; column < 81; column++) {
        int pixel = row * 81 + column;
        camera.unproject(column, row, view.depth()[pixel], point);
        if (view.labels()[pixel] == RoomClass.WALL.index()) {
          walls++;
          assertThat(point[1]).isCloseTo(4, within(1e-5));
          assertThat(Math.max(Math.abs(point[0]), Math.abs(point[2]))).isGreaterThan(2 - 1e-5);
        } else {
          assertThat(point[1]).isCloseTo(1, within(1e-6));
          assertThat(view.normals()[3 * pixel + 1]).isEqualTo(-1);
        }
      }
    }
    assertThat(walls).isBetween(2000, 4000);
    View open = Renderer.render(boxBeforeWall(false), camera);
    assertThat(open.labels()).containsOnly(RoomClass.WALL.index());
  }

  @Test
  void treeFindsWhatASearchThroughAllFinds() {
    Scene scene = RoomGenerator.generate(2, RoomOptions.demo().withResolution(0.3, 10)).scene();
    BoundingTree.Search search = scene.tree().search();
    Dice dice = new Dice(5);
    int hits = 0;
    for (int i = 0; i < 3000; i++) {
      double ox = scene.width() * dice.uniform();
      double oy = scene.depth() * dice.uniform();
      double oz = scene.height() * dice.uniform();
      double dx = dice.uniform(-1, 1);
      double dy = dice.uniform(-1, 1);
      double dz = dice.uniform(-1, 1);
      double best = 20;
      for (Primitive primitive : scene.primitives()) {
        best = Math.min(best, primitive.hit(ox, oy, oz, dx, dy, dz));
      }
      search.cast(ox, oy, oz, dx, dy, dz, 20);
      assertThat(search.t).isEqualTo(best);
      hits += search.primitive == null ? 0 : 1;
    }
    assertThat(hits).isGreaterThan(1500);
  }

  @Test
  void hitsLieOnTheShapesAndNormalsFaceOutwards() {
    List<Shape> shapes =
        List.of(
            new Shape.Box(0.5, 0.3, 0.2),
            new Shape.Cylinder(0.4, 0.2, 0.5),
            new Shape.Ellipsoid(0.5, 0.3, 0.2),
            new Shape.RoundedBox(0.5, 0.3, 0.2, 0.1),
            new Shape.Basin(0.5, 0.4, 0.3, 0.2, 0.05, 0.05),
            new Shape.Cloth(0.5, 0.6, 0.04, 0.15));
    Dice dice = new Dice(7);
    double[] normal = new double[3];
    for (Shape shape : shapes) {
      int hits = 0;
      int inward = 0;
      for (int i = 0; i < 2000; i++) {
        double ox = dice.uniform(-2, 2);
        double oy = dice.uniform(-2, 2);
        double oz = dice.chance(0.5) ? 1.5 : -1.5;
        double dx = dice.uniform(-0.3, 0.3) - ox;
        double dy = dice.uniform(-0.2, 0.2) - oy;
        double dz = dice.uniform(-0.2, 0.2) - oz;
        double t = shape.hit(ox, oy, oz, dx, dy, dz);
        if (t == Double.POSITIVE_INFINITY) {
          continue;
        }
        hits++;
        double x = ox + t * dx;
        double y = oy + t * dy;
        double z = oz + t * dz;
        assertThat(Math.abs(x)).as("%s", shape).isLessThan(shape.hx() + 1e-3);
        assertThat(Math.abs(y)).as("%s", shape).isLessThan(shape.hy() + 1e-3);
        assertThat(Math.abs(z)).as("%s", shape).isLessThan(shape.hz() + 1e-3);
        shape.normal(x, y, z, normal);
        double length =
            Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
        double facing = (normal[0] * dx + normal[1] * dy + normal[2] * dz) / length;
        inward += facing > 0.1 ? 1 : 0;
      }
      assertThat(hits).as("%s", shape).isGreaterThan(800);
      // Central differences have no answer on a sharp edge, which few rays meet.
      assertThat(inward).as("%s", shape).isLessThan(hits / 50);
    }
  }

  @Test
  void scanHasNoFloorUnderTheBed() {
    RoomOptions options =
        RoomOptions.demo().withTypes(List.of(RoomType.BEDROOM)).withResolution(0.06, 40_000);
    Room room = RoomGenerator.generate(8, options.withNoise(0));
    int beds = 0;
    int beneath = 0;
    for (Primitive bed : room.scene().primitives()) {
      if (bed.kind != RoomClass.BED || bed.extent(0) < 0.3 || bed.extent(1) < 0.3) {
        continue;
      }
      beds++;
      for (int i = 0; i < room.scan().size(); i++) {
        boolean under =
            Math.abs(room.scan().xyz()[3 * i] - bed.centre(0)) < bed.extent(0) / 2
                && Math.abs(room.scan().xyz()[3 * i + 1] - bed.centre(1)) < bed.extent(1) / 2;
        boolean floor = room.scan().labels()[i] == RoomClass.FLOOR.index();
        beneath += under && floor ? 1 : 0;
      }
    }
    assertThat(beds).isPositive();
    assertThat(beneath).isLessThan(10);
  }
}
