namespace Tandem.Calls.Routing.Rules;

/// <summary>One thing that a rule tries.</summary>
public sealed record ActionBody
{
    /// <summary>A destination. <c>{number}</c> in it is the dialled number after <see cref="Strip"/> and <see cref="Prefix"/>, <c>{e164}</c> the dialled number in E.164.</summary>
    public string To { get; set; } = "";

    /// <summary>How long it rings before the next one; null for what the installation says.</summary>
    public int? RingSeconds { get; set; }

    /// <summary>Digits that are taken from the front of the dialled number.</summary>
    public int Strip { get; set; }

    /// <summary>Digits that are put before it then.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The number that a called provider shows; null for that of its profile.</summary>
    public string? CallerId { get; set; }

    /// <summary>Only for trunks: ids of profiles with weights, instead of all profiles of the tenant.</summary>
    public IReadOnlyDictionary<string, int>? Profiles { get; set; }
}
