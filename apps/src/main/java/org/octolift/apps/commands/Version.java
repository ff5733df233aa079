package org.octolift.apps.commands;

import picocli.CommandLine.IVersionProvider;

/// The version that the build wrote into the jar's manifest.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "octolift " + (version == null ? "(development build)" : version),
      "Java " + Runtime.version() + ", " + System.getProperty("os.name")
    };
  }
}
