using Tandem.Server.Cli;

return await TandemCommand.RunAsync(args, CliContext.OfProcess());
