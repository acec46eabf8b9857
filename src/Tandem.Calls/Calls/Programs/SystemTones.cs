using System.Collections.Frozen;
using Tandem.Media.Playback.Tones;

namespace Tandem.Calls.Calls.Programs;

/// <summary>The tones that have names: those of ITU-T E.180 by the country of the installation, and two of our own.</summary>
public static class SystemTones
{
    private static readonly FrozenDictionary<string, ToneKind> OfCountry = new Dictionary<string, ToneKind>
    {
        ["dial"] = ToneKind.Dial,
        ["ringback"] = ToneKind.Ringback,
        ["busy"] = ToneKind.Busy,
        ["congestion"] = ToneKind.Congestion,
        ["information"] = ToneKind.SpecialInformation,
        ["waiting"] = ToneKind.CallWaiting,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ToneCadence> Own = new Dictionary<string, ToneCadence>
    {
        ["beep"] = Cadence("1000/200,0/50"),
        ["error"] = Cadence("400/150,0/100,300/250,0/100"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OfCountry.Keys.Concat(Own.Keys).Order(StringComparer.Ordinal)];

    /// <summary>True for one of <see cref="Names"/>.</summary>
    public static bool IsKnown(string name) => OfCountry.ContainsKey(name) || Own.ContainsKey(name);

    /// <summary>The pattern of a name, or what the name itself says as a pattern; null when it is neither.</summary>
    public static ToneCadence? Find(string name, string country)
    {
        if (Own.TryGetValue(name, out var own))
            return own;
        if (OfCountry.TryGetValue(name, out var kind))
            return (ToneTable.Find(country) ?? ToneTable.Find("us")!)[kind];

        return ToneCadence.Parse(name, out _);
    }

    private static ToneCadence Cadence(string text) => ToneCadence.Parse(text, out _)!;
}
