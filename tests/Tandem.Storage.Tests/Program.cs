using Tandem.Storage.Tests.Crash;

// The test program is also the child process that the crash tests kill.
return args is [CrashChild.Argument, var directory, var url]
    ? await CrashChild.RunAsync(directory, url)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
