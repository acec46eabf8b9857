namespace Tandem.Calls.Calls;

/// <summary>A leg that was dialled for a call and that the call did not go on with: a contact that another one beat, a provider that failed.</summary>
/// <param name="Number">Who was dialled: an extension, or the number as it went to the provider.</param>
/// <param name="Address">Where its signalling went, <c>host:port</c>; empty when it never went out.</param>
/// <param name="SipCallId">The Call-ID of the leg; empty when it never went out.</param>
/// <param name="ProfileId">The profile that it went by; empty for a phone.</param>
/// <param name="SipStatus">Its final response, or what stands for one: 408 nothing came back, 503 it could not be sent. 0: it was cancelled, because somebody else answered or nobody waited any more.</param>
/// <param name="Text">Its reason phrase, or why the exchange did not dial; at most 128 characters.</param>
public sealed record CallAttempt(
    string Number, string Address, string SipCallId, string ProfileId, int SipStatus, string Text, DateTimeOffset DialledAt, DateTimeOffset? RingingAt, DateTimeOffset EndedAt);
