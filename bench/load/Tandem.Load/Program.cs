using Tandem.Load;
using Tandem.Load.Cdrs;
using Tandem.Load.Conference;
using Tandem.Load.Sip;
using Tandem.Load.Tables;

// "sip …" generates registrations, calls and single requests; "table DIRECTORY …" makes the table of docs/performance.md with it;
// "conference --rooms 3,50,1000 --codecs pcmu,g722,opus --members 1000" measures mixes;
// "cdrs --postgres … --rows N" measures searches for records; anything else generates RTP. See ../table and ../compare, which run this.
try
{
    if (args is ["sip", ..])
        new Generator(GeneratorOptions.Parse(args.AsSpan(1))).Run();
    else if (args is ["table", var directory, ..])
        TableProgram.Run(args.AsSpan(2), directory);
    else if (args is ["conference", ..])
        ConferenceProgram.Run(args.AsSpan(1));
    else if (args is ["conference-engine", ..])
        ConferenceProgram.RunEngine(args.AsSpan(1));
    else if (args is ["cdrs", ..])
        await CdrProgram.RunAsync(args);
    else
        RtpProgram.Run(args);

    return 0;
}
catch (Exception e) when (e is ArgumentException or TimeoutException or InvalidDataException or FormatException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine($"load: {e.Message}");
    return 1;
}
