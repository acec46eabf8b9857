namespace Tandem.Calls.Routing.Rules;

/// <summary>How numbers are written where the tenant is.</summary>
public sealed record NumberingBody
{
    /// <summary>For example <c>44</c>.</summary>
    public string CountryCode { get; set; } = "";

    /// <summary>Before a national number, for example <c>0</c>.</summary>
    public string NationalPrefix { get; set; } = "0";

    /// <summary>Before a country code, for example <c>00</c>.</summary>
    public string InternationalPrefix { get; set; } = "00";
}
