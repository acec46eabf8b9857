namespace Tandem.Media.Playback.Tones;

/// <summary>The tones of one country. Immutable.</summary>
/// <param name="Country">Two small letters of ISO 3166.</param>
/// <param name="Dial">See <see cref="ToneKind.Dial"/>.</param>
/// <param name="Ringback">See <see cref="ToneKind.Ringback"/>.</param>
/// <param name="Busy">See <see cref="ToneKind.Busy"/>.</param>
/// <param name="Congestion">See <see cref="ToneKind.Congestion"/>.</param>
/// <param name="CallWaiting">See <see cref="ToneKind.CallWaiting"/>.</param>
/// <param name="SpecialInformation">See <see cref="ToneKind.SpecialInformation"/>.</param>
public sealed record CountryTones(
    string Country, ToneCadence Dial, ToneCadence Ringback, ToneCadence Busy, ToneCadence Congestion, ToneCadence CallWaiting, ToneCadence SpecialInformation)
{
    /// <summary>The tone of that kind.</summary>
    public ToneCadence this[ToneKind kind] => kind switch
    {
        ToneKind.Dial => Dial,
        ToneKind.Ringback => Ringback,
        ToneKind.Busy => Busy,
        ToneKind.Congestion => Congestion,
        ToneKind.CallWaiting => CallWaiting,
        _ => SpecialInformation,
    };
}
