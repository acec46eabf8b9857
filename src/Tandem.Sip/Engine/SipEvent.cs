using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>One event for the transaction user.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">The message, with one reference that the receiver of the event owns: it may release it when done, or leave it to the garbage collector.</param>
/// <param name="Flow">Where the message came from; for events without one the flow of the transaction.</param>
/// <param name="Server">The server transaction, if one is concerned.</param>
/// <param name="Client">The client transaction, if one is concerned.</param>
/// <param name="Dialog">The dialog, if one is known.</param>
public readonly record struct SipEvent(
    SipEventKind Kind, SipMessage? Message, SipFlow Flow, ServerTransaction? Server, ClientTransaction? Client, Dialog? Dialog);
