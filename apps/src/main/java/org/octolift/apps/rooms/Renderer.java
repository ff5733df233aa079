package org.octolift.apps.rooms;

import org.octolift.apps.rooms.Material.Colour;

/// Renders a scene by casting one ray a pixel: exact depth, normals and labels, colours with
/// Lambert shading and the lamp's shadows.
public final class Renderer {
  private static final double FARTHEST = 12;

  private Renderer() {}

  /// What is seen of {@code scene}, free of noise. Surfaces farther than 12 m, and rays that
  /// leave through the open ceiling, have depth 0.
  public static View render(Scene scene, Viewpoint from) {
    return render(scene, from, new float[from.width() * from.height()]);
  }

  /// As [#render(Scene, Viewpoint)]; also writes the glare of each pixel's material.
  static View render(Scene scene, Viewpoint from, float[] glare) {
    View view = View.blank(from);
    BoundingTree.Search search = scene.tree().search();
    Shading shading = new Shading(scene);
    double[] ray = new double[3];
    double ex = from.eye(0);
    double ey = from.eye(1);
    double ez = from.eye(2);
    for (int row = 0; row < from.height(); row++) {
      double down = from.down(row);
      for (int column = 0; column < from.width(); column++) {
        from.ray(from.across(column), down, ray);
        double dx = ray[0];
        double dy = ray[1];
        double dz = ray[2];
        if (!search.cast(ex, ey, ez, dx, dy, dz, FARTHEST)) {
          continue;
        }
        int pixel = row * from.width() + column;
        double t = search.t;
        Primitive primitive = search.primitive;
        view.depth()[pixel] = (float) t;
        glare[pixel] = (float) primitive.material.glare();
        view.labels()[pixel] = primitive.kind.index();
        view.instances()[pixel] = primitive.instance;
        shading.shade(primitive, ex + t * dx, ey + t * dy, ez + t * dz, dx, dy, dz);
        for (int i = 0; i < 3; i++) {
          view.normals()[3 * pixel + i] = (float) shading.normal[i];
          view.rgb()[3 * pixel + i] = (float) (255 * Math.min(1, shading.colour[i]));
        }
      }
    }
    return view;
  }

  /// Colour and normal of surface points; the answer to the last one stays in its fields.
  private static final class Shading {
    private final Lighting light;
    private final BoundingTree.Search shadow;
    private final double[] local = new double[3];
    final double[] normal = new double[3];
    final double[] colour = new double[3];

    Shading(Scene scene) {
      light = scene.lighting();
      shadow = scene.tree().search();
    }

    void shade(Primitive primitive, double x, double y, double z, double dx, double dy, double dz) {
      primitive.toLocal(x, y, z, local);
      primitive.shape.normal(local[0], local[1], local[2], normal);
      normalise(normal);
      primitive.material.colourAt(local, normal, colour);
      primitive.turnToWorld(normal);
      if (normal[0] * dx + normal[1] * dy + normal[2] * dz > 0) {
        for (int i = 0; i < 3; i++) {
          normal[i] = -normal[i];
        }
      }
      double brightness = brightness(x, y, z);
      Colour tint = light.tint();
      colour[0] *= brightness * tint.red();
      colour[1] *= brightness * tint.green();
      colour[2] *= brightness * tint.blue();
    }

    private double brightness(double x, double y, double z) {
      double lx = light.x() - x;
      double ly = light.y() - y;
      double lz = light.z() - z;
      double square = lx * lx + ly * ly + lz * lz;
      double cosine = (normal[0] * lx + normal[1] * ly + normal[2] * lz) / Math.sqrt(square);
      double facing = normal[0] * light.dx() + normal[1] * light.dy();
      double sky = 1 + 0.15 * normal[2];
      double sum = light.ambient() * sky + light.daylight() * Math.max(0, facing);
      if (cosine > 0) {
        double offset = 2e-3;
        boolean dark =
            shadow.cast(
                x + offset * normal[0],
                y + offset * normal[1],
                z + offset * normal[2],
                lx,
                ly,
                lz,
                0.98);
        double reach = light.z() * light.z() / (0.4 * light.z() * light.z() + 0.6 * square);
        sum += (dark ? 0.25 : 1) * light.lamp() * cosine * reach;
      }
      return sum;
    }

    private static void normalise(double[] v) {
      double scale = 1 / Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
      v[0] *= scale;
      v[1] *= scale;
      v[2] *= scale;
    }
  }
}
