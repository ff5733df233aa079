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
/// @param methods what is compared, one to four; empty when there are no classes
/// @param classes scores by class, as many in each as there are methods
/// @param galleries rows of pictures
/// @param facts configuration, environment, durations
/// @param notes paragraphs of plain text
public record Report(
    String title,
    String lead,
    List<Fact> headlines,
    List<Chart> charts,
    List<String> methods,
    List<ClassScore> classes,
    List<Gallery> galleries,
    List<Fact> facts,
    List<String> notes) {
  /// Copies the lists.
  public Report {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(lead, "lead");
    headlines = List.copyOf(headlines);
    charts = List.copyOf(charts);
    methods = List.copyOf(methods);
    classes = List.copyOf(classes);
    galleries = List.copyOf(galleries);
    for (ClassScore score : classes) {
      if (score.iou.size() != methods.size()) {
        throw new IllegalArgumentException(
            "class %s: %d scores for %d methods"
                .formatted(score.name, score.iou.size(), methods.size()));
      }
    }
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

  /// How well one class is told over all test points.
  ///
  /// @param name of the class
  /// @param colour 0xRRGGBB, as in the pictures
  /// @param truth points that are of this class
  /// @param iou intersection over union of each method; means nothing if truth is 0
  public record ClassScore(String name, int colour, long truth, List<Double> iou) {
    /// Copies the list.
    public ClassScore {
      iou = List.copyOf(iou);
    }
  }

  /// Pictures of one kind.
  ///
  /// @param title of the section
  /// @param lead a sentence under it; may be empty
  public record Gallery(String title, String lead, List<Scene> scenes) {
    /// Copies the list.
    public Gallery {
      scenes = List.copyOf(scenes);
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
