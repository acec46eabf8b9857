using System.Globalization;

namespace Tandem.Load.Sip;

/// <summary>What one generator does.</summary>
internal sealed record GeneratorOptions
{
    /// <summary>register, calls, options or reject.</summary>
    public required string Mode { get; init; }

    /// <summary>Port of the server on 127.0.0.1.</summary>
    public required int Port { get; init; }

    /// <summary>udp, tcp or tls.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>First number; the generator uses <see cref="Users"/> from here, and for calls the next ones as called side.</summary>
    public int FirstUser { get; init; } = 10_000;

    /// <summary>Numbers that register, or that call.</summary>
    public int Users { get; init; } = 10_000;

    /// <summary>Contacts of each number (register).</summary>
    public int Contacts { get; init; } = 1;

    /// <summary>Numbers that are called.</summary>
    public int Callees { get; init; } = 1;

    /// <summary>Closed loop: operations open at once; 0 for an open loop.</summary>
    public int Window { get; init; }

    /// <summary>Open loop: operations a second; 0 for a closed loop.</summary>
    public double Rate { get; init; }

    /// <summary>Sockets or connections, those of the called side apart.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>How long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Latencies count from here on.</summary>
    public TimeSpan Warm { get; init; }

    /// <summary>Stop to begin operations after so many; 0 for no end before <see cref="Duration"/>.</summary>
    public long Total { get; init; }

    /// <summary>How long a call stays up.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>The secret of every number.</summary>
    public string Secret { get; init; } = "bench-secret-1";

    public static GeneratorOptions Parse(ReadOnlySpan<string> arguments)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
            values[arguments[i]] = arguments[i + 1];

        string Text(string name, string otherwise) => values.Remove(name, out var value) ? value : otherwise;
        double Number(string name, double otherwise) => double.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var options = new GeneratorOptions
        {
            Mode = Text("--mode", ""),
            Port = (int)Number("--port", 5060),
            Transport = Text("--transport", "udp"),
            FirstUser = (int)Number("--first-user", 10_000),
            Users = (int)Number("--users", 10_000),
            Contacts = (int)Number("--contacts", 1),
            Callees = (int)Number("--callees", 1),
            Window = (int)Number("--window", 0),
            Rate = Number("--rate", 0),
            Connections = (int)Number("--connections", 16),
            Duration = TimeSpan.FromSeconds(Number("--seconds", 10)),
            Warm = TimeSpan.FromSeconds(Number("--warm", 0)),
            Total = (long)Number("--total", 0),
            Hold = TimeSpan.FromSeconds(Number("--hold", 0)),
            Secret = Text("--secret", "bench-secret-1"),
        };
        return values.Count == 0 ? options : throw new ArgumentException($"unknown option '{string.Join(' ', values.Keys)}'");
    }
}
