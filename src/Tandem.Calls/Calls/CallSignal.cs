using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls;

/// <summary>One thing that happened, in the order in which it happened, for the story of the call.</summary>
/// <param name="Kind">What.</param>
/// <param name="Leg">On which leg; null when it concerns the whole call.</param>
/// <param name="Message">The request or response; null when there was none.</param>
/// <param name="Server">The transaction to answer, for a request.</param>
/// <param name="Status">The final status, for a refusal: 408 and 503 stand for silence and a broken transport (RFC 3261 §8.1.3.1); for keys and sounds see their kinds.</param>
/// <param name="Reason">Why, for a lost leg or a hang-up.</param>
/// <param name="Side">Which side, for media.</param>
internal readonly record struct CallSignal(
    CallSignalKind Kind,
    Leg? Leg = null,
    SipMessage? Message = null,
    ServerTransaction? Server = null,
    int Status = 0,
    EndReason Reason = EndReason.Completed,
    CallSide Side = CallSide.Exchange);
