namespace Tandem.Calls.Trunks;

/// <summary>Something that happened between a profile and its provider.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Status">How the profile stood from then on.</param>
/// <param name="SipStatus">The status of the provider's answer; 0 when there was none.</param>
/// <param name="Text">In plain words.</param>
/// <param name="ProviderText">The provider's own words; empty when it sent none.</param>
public sealed record ProfileHistoryEntry(DateTimeOffset At, ProfileStatus Status, int SipStatus, string Text, string ProviderText);
