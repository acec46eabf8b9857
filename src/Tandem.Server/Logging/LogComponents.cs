using Serilog.Events;

namespace Tandem.Server.Logging;

/// <summary>The part of the exchange that a line comes from: <c>sip</c>, <c>rtp</c>, <c>api</c>, <c>storage</c> or <c>server</c>.</summary>
public static class LogComponents
{
    public const string Sip = "sip";
    public const string Rtp = "rtp";
    public const string Api = "api";
    public const string Storage = "storage";
    public const string Server = "server";

    private static readonly (string Prefix, string Component)[] Prefixes =
    [
        ("Tandem.Server.Rest", Api), ("Tandem.Server.Health", Api), ("Tandem.Server.Http", Api), ("Microsoft.AspNetCore", Api),
        ("Tandem.Media", Rtp), ("Tandem.Calls.Media", Rtp), ("Tandem.Sip", Sip), ("Tandem.Calls", Sip), ("Tandem.Storage", Storage),
    ];

    /// <summary>The component property of the event when it has one, otherwise by the class that logs.</summary>
    public static string Of(LogEvent logEvent)
    {
        if (logEvent.Properties.TryGetValue("component", out var given) && given is ScalarValue { Value: string component })
            return component;

        if (logEvent.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: string context })
        {
            foreach (var (prefix, name) in Prefixes)
            {
                if (context.StartsWith(prefix, StringComparison.Ordinal))
                    return name;
            }
        }

        return Server;
    }
}
