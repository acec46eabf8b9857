using Tandem.Load;
using Tandem.Load.Sip;

// Load generators: "sip …" for registrations, calls and single requests, anything else for RTP. See ../table and ../compare, which run them.
try
{
    if (args is ["sip", ..])
        new Generator(GeneratorOptions.Parse(args.AsSpan(1))).Run();
    else
        RtpProgram.Run(args);

    return 0;
}
catch (Exception e) when (e is ArgumentException or TimeoutException or InvalidDataException or FormatException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine($"load: {e.Message}");
    return 1;
}
