package org.octolift.apps.rooms;

/// The errors of a structured-light RGB-D camera. Axial noise and quantisation grow with the
/// square of the distance (Nguyen, Izadi and Lovell, 3DIMPVT 2012); pixels are lost at grazing
/// angles, beside depth edges, far away, on glass and in blobs.
final class DepthSensor {
  private static final double NEAREST = 0.3;
  private static final double FARTHEST = 7;

  private final double noise;

  /// @param noise 1 for errors as large as a first-generation sensor's, 0 for none at all
  DepthSensor(double noise) {
    this.noise = noise;
  }

  /// The view with the sensor's depth, but colours and labels everywhere, as images have
  /// them.
  ///
  /// @param glare as for [#sense]
  View photograph(View exact, float[] glare, Dice dice) {
    View sensed = sense(exact, glare, dice.split());
    double exposure = 1 + 0.12 * noise * dice.gaussian();
    float[] rgb = new float[exact.rgb().length];
    for (int i = 0; i < rgb.length; i++) {
      double value = exact.rgb()[i] * exposure + 3 * noise * dice.gaussian();
      rgb[i] = (float) Math.rint(Math.clamp(value, 0.0, 255.0));
    }
    return new View(
        exact.from(), rgb, sensed.depth(), exact.normals(), exact.labels(), exact.instances());
  }

  /// The view as the sensor would deliver it; lost pixels have depth 0 and no normal or label.
  ///
  /// @param glare fraction of each pixel's measurements that its surface costs, (height · width)
  View sense(View exact, float[] glare, Dice dice) {
    if (noise == 0) {
      return exact;
    }
    Viewpoint from = exact.from();
    View view = View.blank(from);
    double[] ray = new double[3];
    double exposure = 1 + 0.12 * noise * dice.gaussian();
    double blobs = dice.uniform(0, 1000);
    for (int row = 0; row < from.height(); row++) {
      for (int column = 0; column < from.width(); column++) {
        int pixel = row * from.width() + column;
        double depth = exact.depth()[pixel];
        double x = from.across(column);
        double y = from.down(row);
        from.ray(x, y, ray);
        double cosine = facing(exact, pixel, ray) / from.length(x, y);
        if (depth < NEAREST
            || depth > FARTHEST
            || dice.chance(loss(exact, row, column, cosine, noise * glare[pixel]))
            || Material.noise(6 * x + blobs, 6 * y, depth) < 0.12 * noise) {
          continue;
        }
        double beyond = depth - 0.4;
        double sigma = noise * (0.0012 + 0.0019 * beyond * beyond);
        double wave = Material.noise(25 * x + blobs, 25 * y, 0.5) - 0.5;
        double measured = depth + sigma * (0.6 * dice.gaussian() + 1.6 * wave);
        double step = noise * 0.0014 * depth * depth;
        view.depth()[pixel] = (float) (Math.rint(measured / step) * step);
        view.labels()[pixel] = exact.labels()[pixel];
        view.instances()[pixel] = exact.instances()[pixel];
        normal(exact, view, pixel, depth, dice);
        double grain = 3 * noise * dice.gaussian();
        for (int i = 3 * pixel; i < 3 * pixel + 3; i++) {
          double value = exact.rgb()[i] * exposure + grain + 3 * noise * dice.gaussian();
          view.rgb()[i] = (float) Math.rint(Math.clamp(value, 0.0, 255.0));
        }
      }
    }
    return view;
  }

  /// Cosine between a ray and the surface's normal, times the ray's length.
  private static double facing(View view, int pixel, double[] ray) {
    double dot = 0;
    for (int i = 0; i < 3; i++) {
      dot += view.normals()[3 * pixel + i] * ray[i];
    }
    return Math.abs(dot);
  }

  private double loss(View view, int row, int column, double cosine, double glare) {
    double kept = 1 - glare;
    if (cosine < 0.3) {
      kept *= 1 - noise * (1 - cosine / 0.3);
    }
    if (atEdge(view, row, column)) {
      kept *= 1 - 0.5 * noise;
    }
    double depth = view.depth()[row * view.from().width() + column];
    return 1 - Math.max(0, kept) * (1 - 0.02 * noise * depth);
  }

  private static boolean atEdge(View view, int row, int column) {
    int width = view.from().width();
    int pixel = row * width + column;
    float depth = view.depth()[pixel];
    float limit = 0.06f * depth;
    return (column > 0 && Math.abs(view.depth()[pixel - 1] - depth) > limit)
        || (column < width - 1 && Math.abs(view.depth()[pixel + 1] - depth) > limit)
        || (row > 0 && Math.abs(view.depth()[pixel - width] - depth) > limit)
        || (row < view.from().height() - 1
            && Math.abs(view.depth()[pixel + width] - depth) > limit);
  }

  private void normal(View exact, View view, int pixel, double depth, Dice dice) {
    double spread = noise * (0.04 + 0.02 * depth);
    double x = exact.normals()[3 * pixel] + spread * dice.gaussian();
    double y = exact.normals()[3 * pixel + 1] + spread * dice.gaussian();
    double z = exact.normals()[3 * pixel + 2] + spread * dice.gaussian();
    double scale = 1 / Math.sqrt(x * x + y * y + z * z);
    view.normals()[3 * pixel] = (float) (scale * x);
    view.normals()[3 * pixel + 1] = (float) (scale * y);
    view.normals()[3 * pixel + 2] = (float) (scale * z);
  }
}
