package uk.ac.manchester.tornado.api.common;

/// The call of a function of a native library as a task: which function, and on what.
public class LibraryTaskDescriptor {
  private String libraryName;
  private String functionName;
  private Object[] parameters;
  private Access[] access;
  private Object tuning;

  /// Names the library; a provider of this name executes the task.
  public LibraryTaskDescriptor withLibrary(String libraryName) {
    this.libraryName = libraryName;
    return this;
  }

  /// Names the function.
  public LibraryTaskDescriptor withFunction(String functionName) {
    this.functionName = functionName;
    return this;
  }

  /// Gives the arguments: arrays and numbers.
  public LibraryTaskDescriptor withParameters(Object[] parameters) {
    this.parameters = parameters;
    return this;
  }

  /// Tells what the function does with each argument.
  public LibraryTaskDescriptor withAccess(Access[] access) {
    this.access = access;
    return this;
  }

  /// Gives the provider an object that the runtime does not look at.
  public LibraryTaskDescriptor withTuning(Object tuning) {
    this.tuning = tuning;
    return this;
  }

  /// The library.
  public String getLibraryName() {
    return libraryName;
  }

  /// The function.
  public String getFunctionName() {
    return functionName;
  }

  /// The arguments.
  public Object[] getParameters() {
    return parameters;
  }

  /// What the function does with each argument.
  public Access[] getAccess() {
    return access;
  }

  /// What [#withTuning] was given, or null.
  public Object getTuning() {
    return tuning;
  }
}
