package org.octolift.apps.experiment;

import java.util.Locale;
import org.octolift.apps.config.Script;

/// A way to learn from few labels.
public enum Method {
  /// A few labelled points a room, nothing else.
  LA_SUPERVISED("LA, supervised", Script.LIMITED_ANNOTATIONS, false),
  /// A few labelled points a room; the others teach by consistency and entropy.
  LA_SEMI("LA, semi", Script.LIMITED_ANNOTATIONS, true),
  /// A few labelled rooms, nothing else.
  LR_SUPERVISED("LR, supervised", Script.LIMITED_RECONSTRUCTIONS, false),
  /// A few labelled rooms; the others teach by pseudo-labels, consistency and entropy.
  LR_SEMI("LR, semi", Script.LIMITED_RECONSTRUCTIONS, true);

  private final String title;
  private final Script script;
  private final boolean semiSupervised;

  Method(String title, Script script, boolean semiSupervised) {
    this.title = title;
    this.script = script;
    this.semiSupervised = semiSupervised;
  }

  /// The name in tables.
  public String title() {
    return title;
  }

  /// The name in options and of folders: `la-semi`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Script script() {
    return script;
  }

  boolean semiSupervised() {
    return semiSupervised;
  }

  /// Whether a few points of each room have labels; otherwise all of a few rooms.
  boolean annotations() {
    return script == Script.LIMITED_ANNOTATIONS;
  }

  /// The method that has the same labels and nothing else.
  Method baseline() {
    return annotations() ? LA_SUPERVISED : LR_SUPERVISED;
  }
}
