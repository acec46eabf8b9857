using Tandem.Load;
using Tandem.Load.Sip;
using Tandem.Load.Tables;

// "sip …" generates registrations, calls and single requests; "table DIRECTORY …" makes the table of docs/performance.md with it;
// anything else generates RTP. See ../table and ../compare, which run this.
try
{
    if (args is ["sip", ..])
        new Generator(GeneratorOptions.Parse(args.AsSpan(1))).Run();
    else if (args is ["table", var directory, ..])
        TableProgram.Run(args.AsSpan(2), directory);
    else
        RtpProgram.Run(args);

    return 0;
}
catch (Exception e) when (e is ArgumentException or TimeoutException or InvalidDataException or FormatException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine($"load: {e.Message}");
    return 1;
}
