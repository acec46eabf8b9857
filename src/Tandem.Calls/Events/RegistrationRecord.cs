namespace Tandem.Calls.Events;

/// <summary>One line of the registration history.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Number">The extension.</param>
/// <param name="Address">The IP address that the REGISTER came from.</param>
/// <param name="Port">Its port.</param>
/// <param name="ExpiresSeconds">The granted lifetime.</param>
/// <param name="At">When, UTC.</param>
public sealed record RegistrationRecord(
    RegistrationChange Change, string Number, string Address, int Port, int ExpiresSeconds, DateTimeOffset At);
