using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>Requests in a dialog whose call is not answered yet.</summary>
internal static class EarlyRequests
{
    /// <summary>
    /// UPDATE without an offer refreshes the target and gets 200. With an offer it would need the other side, which is not
    /// chosen yet: 500 with Retry-After, as RFC 3311 §5.2 has it for an offer that comes before the first one was answered.
    /// INFO cannot be passed on yet: 500 too. A second INVITE: RFC 3261 §14.2. BYE of a callee on an early dialog is its mistake
    /// (§15) and is answered; the INVITE's final response decides.
    /// </summary>
    public static void Answer(Leg leg, SipMessage request, ServerTransaction server)
    {
        if (request.Method == SipMethod.Bye || (request.Method == SipMethod.Update && request.Body.IsEmpty))
            leg.Respond(server, 200);
        else
            leg.Respond(server, 500, w => w.Header(HeaderName.RetryAfter, leg.Call.Environment.Random.Next(0, 11)));
    }
}
