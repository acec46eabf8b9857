namespace Tandem.Server.Otlp;

/// <summary>The kinds of spans, with OpenTelemetry's numbers.</summary>
public enum SpanKind
{
    /// <summary>Within the exchange.</summary>
    Internal = 1,

    /// <summary>Somebody asked the exchange.</summary>
    Server = 2,

    /// <summary>The exchange asked somebody.</summary>
    Client = 3,
}

