package org.octolift.apps.softlabel;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.InputException;

/// Keeps what it is told.
final class Quiet implements ImageLabelling.Listener {
  final List<String> problems = new ArrayList<>();

  @Override
  public void labelled(int done) {}

  @Override
  public void failed(InputException problem) {
    problems.add(problem.getMessage());
  }
}
