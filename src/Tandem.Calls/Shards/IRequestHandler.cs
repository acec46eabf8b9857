using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Shards;

/// <summary>Serves one method outside a dialog, or inside a dialog that nobody owns. On the shard's loop.</summary>
internal interface IRequestHandler
{
    /// <summary>Takes a request and sees to its final response. The message is the caller's: whoever keeps it retains it.</summary>
    void Receive(SipMessage request, ServerTransaction server);
}
