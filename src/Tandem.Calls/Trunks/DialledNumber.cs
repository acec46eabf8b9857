namespace Tandem.Calls.Trunks;

/// <summary>A number of the outside world.</summary>
/// <param name="E164">With <c>+</c> and country code; what guards and records see.</param>
/// <param name="Dialled">The digits as they were dialled.</param>
/// <param name="IsShort">A short code of the provider's country (emergency, services), which is never written in another way.</param>
public readonly record struct DialledNumber(string E164, string Dialled, bool IsShort = false);
