using Tandem.Media.Dtmf;

namespace Tandem.Media.Audio;

/// <summary>What the media does with the digits of one side.</summary>
public sealed record DtmfPolicy
{
    /// <summary>Digits are reported where we decode anyway; they pass to the other party in the best kind that it takes.</summary>
    public static readonly DtmfPolicy Default = new();

    /// <summary>Digits that the side presses are reported in relayed calls too: its events are read as they pass. Default false.</summary>
    public bool Report { get; init; }

    /// <summary>
    /// Tones are looked for in the side's sound. Default false: they cost CPU, and speech is mistaken for them now and then. Where the other
    /// party takes events it gets events instead of the tones, and the sound is decoded for that.
    /// </summary>
    public bool FindTones { get; init; }

    /// <summary>
    /// How digits of the other party go to this side: null for events where it takes them and tones otherwise;
    /// <see cref="DtmfKind.Info"/> for not by media, whoever handles <see cref="Events.DtmfReceived"/> does it.
    /// </summary>
    public DtmfKind? Out { get; init; }
}
