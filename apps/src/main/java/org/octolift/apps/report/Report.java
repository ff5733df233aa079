package org.octolift.apps.report;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Objects;

/// What a report tells; [HtmlReport] gives it its form. Empty lists leave their part out.
///
/// @param title of the page
/// @param lead one or two sentences under the title
/// @param headlines the few results that matter most, first the most important
/// @param charts curves over the training
/// @param classes scores by class; may be empty
/// @param scenes rows of pictures
/// @param facts configuration, environment, durations
/// @param notes paragraphs of plain text
public record Report(
    String title,
    String lead,
    List<Fact> headlines,
    List<Chart> charts,
    List<ClassScore> classes,
    List<Scene> scenes,
    List<Fact> facts,
    List<String> notes) {
  /// Copies the lists.
  public Report {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(lead, "lead");
    headlines = List.copyOf(headlines);
    charts = List.copyOf(charts);
    classes = List.copyOf(classes);
    scenes = List.copyOf(scenes);
    facts = List.copyOf(facts);
    notes = List.copyOf(notes);
  }

  /// A named value.
  public record Fact(String name, String value) {}

  /// Curves over a common x axis.
  ///
  /// @param title of the chart
  /// @param xName what x is: "epoch"
  /// @param series one to four curves
  public record Chart(String title, String xName, List<Series> series) {
    /// Checks the number of curves.
    public Chart {
      series = List.copyOf(series);
      if (series.isEmpty() || series.size() > 4) {
        throw new IllegalArgumentException(
            "chart %s: expected 1 to 4 curves, got %d".formatted(title, series.size()));
      }
    }
  }

  /// One curve; points with a value that is not finite are left out.
  ///
  /// @param name what y is: "train loss"
  /// @param x ascending
  /// @param y as many as x
  public record Series(String name, double[] x, double[] y) {
    /// Checks the lengths.
    public Series {
      if (x.length != y.length) {
        throw new IllegalArgumentException(
            "curve %s: %d x for %d y".formatted(name, x.length, y.length));
      }
    }
  }

  /// Counts of one class over all test points.
  ///
  /// @param name of the class
  /// @param colour 0xRRGGBB, as in the pictures
  /// @param truth points that are of this class
  /// @param intersection points that are and were taken for this class
  /// @param union points that are or were taken for this class
  public record ClassScore(String name, int colour, long truth, long intersection, long union) {
    /// Intersection over union, or NaN for a class that does not occur in the truth.
    public double iou() {
      return truth == 0 ? Double.NaN : (double) intersection / union;
    }
  }

  /// Pictures of one scan side by side, such as input, truth, prediction, errors.
  public record Scene(String caption, List<Picture> pictures) {
    /// Copies the list.
    public Scene {
      pictures = List.copyOf(pictures);
    }
  }

  /// A picture.
  ///
  /// @param caption short, below the picture
  /// @param description in words, for who cannot see it
  /// @param image the picture, transparent where nothing is
  public record Picture(String caption, String description, BufferedImage image) {}
}
