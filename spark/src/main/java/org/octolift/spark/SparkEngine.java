package org.octolift.spark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.octolift.apps.data.prepare.Preparation;
import org.octolift.apps.data.prepare.PreparationEngine;
import org.octolift.apps.data.prepare.PreparationResult;
import org.octolift.apps.data.prepare.Step;
import org.octolift.engine.InputException;

/// Prepares data sets on Apache Spark: on all processors of this machine, or on the cluster that
/// `spark-submit` names. A step is a task of its own; what fails is reported by the task and does
/// not stop the job.
public final class SparkEngine implements PreparationEngine {
  private static final String MASTER = "spark.master";

  /// Made by the service loader.
  public SparkEngine() {}

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public PreparationResult run(
      Preparation preparation, String input, String output, boolean overwrite)
      throws IOException {
    SparkConf conf = new SparkConf().setAppName("octolift data");
    if (!conf.contains(MASTER)) {
      conf.setMaster("local[*]").set("spark.ui.enabled", "false");
    }
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      Configuration configuration = spark.hadoopConfiguration();
      Storage source = new Storage(input, configuration);
      Storage target = new Storage(output, configuration);
      if (!source.isFolder()) {
        throw new InputException(
            input + ": expected the folder of the original files, found none");
      }
      SortedMap<String, Long> originals = source.list();
      List<Step> steps = preparation.steps(new TreeSet<>(originals.keySet()));
      SortedMap<String, Long> done = target.list();
      List<Step> missing = new ArrayList<>();
      for (Step step : steps) {
        if (overwrite || !isDone(step, originals, done)) {
          missing.add(step);
        }
      }
      Map<String, String> failures = new TreeMap<>();
      if (!missing.isEmpty()) {
        preparation.shared().ifPresent(spark::addFile);
        StepTask task =
            new StepTask(
                preparation, input, output, new SerializableConfiguration(configuration));
        for (String[] result : spark.parallelize(missing, missing.size()).map(task).collect()) {
          if (result[1] != null) {
            failures.put(result[0], result[1]);
          }
        }
      }
      writeLists(preparation, steps, target);
      return new PreparationResult(
          missing.size() - failures.size(), steps.size() - missing.size(), failures);
    }
  }

  private static boolean isDone(
      Step step, SortedMap<String, Long> originals, SortedMap<String, Long> done) {
    Long written = done.get(step.output());
    return written != null
        && step.inputs().stream()
            .allMatch(file -> originals.getOrDefault(file, Long.MAX_VALUE) <= written);
  }

  private static void writeLists(Preparation preparation, List<Step> steps, Storage target)
      throws IOException {
    TreeSet<String> files = new TreeSet<>(target.list().keySet());
    for (Map.Entry<String, String> list : preparation.lists(steps, files).entrySet()) {
      target.store(list.getValue().getBytes(StandardCharsets.UTF_8), list.getKey());
    }
  }
}
