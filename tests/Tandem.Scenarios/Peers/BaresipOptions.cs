namespace Tandem.Scenarios.Peers;

/// <summary>How a baresip instance registers and behaves.</summary>
/// <param name="Number">The extension.</param>
/// <param name="Server">The exchange.</param>
public sealed record BaresipOptions(string Number, TandemServer Server)
{
    public string Secret { get; init; } = TandemServer.Secret;

    /// <summary>The port that it talks to; null for the exchange's own.</summary>
    public int? Port { get; init; }

    /// <summary><c>udp</c> or <c>tcp</c>.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary><c>auto</c> answers at once, <c>manual</c> rings.</summary>
    public string AnswerMode { get; init; } = "auto";

    /// <summary>The tone that it sends, in Hz.</summary>
    public double ToneHertz { get; init; } = 1000;

    /// <summary>How loud the tone is, of 32,767.</summary>
    public int ToneAmplitude { get; init; } = 16_000;

    /// <summary>Noise beside the tone, of 32,767.</summary>
    public int NoiseAmplitude { get; init; }

    /// <summary>Registers at the start.</summary>
    public bool Register { get; init; } = true;

    /// <summary>Its codecs in their order, as baresip names them: <c>pcmu</c>, <c>pcma</c>, <c>G722/16000/1</c>, <c>opus/48000/2</c>, <c>L16/8000/1</c>.</summary>
    public string Codecs { get; init; } = "pcmu,pcma";

    /// <summary>How it encrypts: <c>srtp</c> (when the other takes it), <c>srtp-mand</c> (RTP/SAVP), <c>dtls_srtp</c>; empty for plain RTP.</summary>
    public string Encryption { get; init; } = "";

    /// <summary>Watches its mailbox (RFC 3842); each NOTIFY is an event MWI_NOTIFY.</summary>
    public bool HasLamp { get; init; }

    /// <summary>How long it lives at most, s: a phone that a scenario left behind goes by itself.</summary>
    public int Seconds { get; init; } = 600;

    /// <summary>More parameters for the account line, each with its leading <c>;</c>.</summary>
    public string AccountParameters { get; init; } = "";
}
