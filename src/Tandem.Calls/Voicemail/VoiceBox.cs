using Tandem.Calls.Tenants;

namespace Tandem.Calls.Voicemail;

/// <summary>What is set for the voicemail of an extension; one without is as if nothing was.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Number">The extension.</param>
/// <param name="PinHash">What the PIN is checked against; empty for none: then only the owner's own phone gets in.</param>
/// <param name="Greeting">The recording that callers hear; empty for the exchange's own.</param>
public sealed record VoiceBox(TenantId Tenant, string Number, string PinHash = "", string Greeting = "")
{
    /// <summary>Since when the number has its owner, UTC: the same number given anew is another owner's. Null: nobody has it, or nobody knows.</summary>
    public DateTimeOffset? OwnedSince { get; init; }

    /// <summary>True when a PIN is set.</summary>
    public bool HasPin => PinHash.Length > 0;

    // The hash of a short PIN is as good as the PIN.
    public override string ToString() => $"VoiceBox {{ {Tenant}, {Number} }}";
}
