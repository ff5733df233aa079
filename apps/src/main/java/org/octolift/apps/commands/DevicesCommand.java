package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.octolift.apps.inspect.DeviceInspection;
import org.octolift.engine.io.Json;
import org.octolift.engine.tornado.Accelerators;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift devices`: what there is to compute on.
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Shows the processor, the devices that TornadoVM sees, and what is missing for a GPU.",
      ""
    })
public final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Prints JSON; sizes are bytes.")
  private boolean json;

  @Override
  public Integer call() {
    DeviceInspection inspection = new DeviceInspection(Accelerators.find());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.writeIndented(inspection.json(), Json.NonFinite.REFUSED));
    } else {
      out.print(inspection.text());
    }
    out.flush();
    return 0;
  }
}
