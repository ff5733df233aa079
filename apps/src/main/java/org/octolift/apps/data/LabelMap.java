package org.octolift.apps.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.octolift.engine.InputException;

/// Which class each label of a data set stands for: rules `LABELS:CLASS`, separated by commas.
/// LABELS is a label `7`, a range `1-9`, an open range `20-`, or `*` for all that no other rule
/// names. No label may be named twice.
public final class LabelMap {
  private static final Pattern RULE =
      Pattern.compile("\\s*(?:(\\*)|([0-9]{1,9})(?:(-)([0-9]{1,9})?)?)\\s*:\\s*([0-9]{1,9})\\s*");

  /// @param first first label
  /// @param last last label
  /// @param target their class
  private record Rule(int first, int last, int target) {
    boolean contains(int label) {
      return first <= label && label <= last;
    }
  }

  private final String text;
  private final List<Rule> rules;
  private final Integer rest;

  private LabelMap(String text, List<Rule> rules, Integer rest) {
    this.text = text;
    this.rules = rules;
    this.rest = rest;
  }

  /// Reads rules such as `1-9:1,20-:2,*:0`.
  ///
  /// @param option that holds the text, for messages
  /// @throws InputException when the text is anything else, or two rules name the same label
  public static LabelMap parse(String option, String text) {
    List<Rule> rules = new ArrayList<>();
    Integer rest = null;
    for (String part : text.split(",", -1)) {
      Matcher rule = RULE.matcher(part);
      if (!rule.matches()) {
        throw new InputException(
            "%s: expected rules LABELS:CLASS such as 1-9:1,20-:2,*:0, got \"%s\""
                .formatted(option, part));
      }
      int target = Integer.parseInt(rule.group(5));
      if (rule.group(1) != null) {
        if (rest != null) {
          throw new InputException(option + ": expected one rule for *, got two");
        }
        rest = target;
      } else {
        add(rules, rule, target, option);
      }
    }
    return new LabelMap(text, List.copyOf(rules), rest);
  }

  private static void add(List<Rule> rules, Matcher rule, int target, String option) {
    int first = Integer.parseInt(rule.group(2));
    int last = first;
    if (rule.group(3) != null) {
      last = rule.group(4) == null ? Integer.MAX_VALUE : Integer.parseInt(rule.group(4));
    }
    if (last < first) {
      throw new InputException(
          "%s: expected a range from the smaller to the larger label, got %d-%d"
              .formatted(option, first, last));
    }
    for (Rule other : rules) {
      if (first <= other.last && other.first <= last) {
        throw new InputException(
            "%s: label %d is named twice in its rules"
                .formatted(option, Math.max(first, other.first)));
      }
    }
    rules.add(new Rule(first, last, target));
  }

  /// The scan with classes for labels.
  ///
  /// @throws InputException naming the scan: when it has no labels, or one that no rule names
  public Scan apply(Scan scan) {
    if (scan.labels() == null) {
      throw new InputException(scan.source() + ": has no labels that could be mapped");
    }
    int[] classes = new int[scan.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = target(scan, i);
    }
    return new Scan(
        scan.source(), scan.xyz(), scan.normals(), scan.colours(), classes, scan.pixels());
  }

  private int target(Scan scan, int point) {
    int label = scan.labels()[point];
    for (Rule rule : rules) {
      if (rule.contains(label)) {
        return rule.target;
      }
    }
    if (rest == null) {
      throw new InputException(
          "%s: point %d has label %d, which \"%s\" does not map; add a rule for it, or *:0 for the rest"
              .formatted(scan.source(), point, label, text));
    }
    return rest;
  }
}
