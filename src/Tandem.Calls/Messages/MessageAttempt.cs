using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Registrar;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Messages;

/// <summary>A message on its way to one contact, or waiting for its turn there.</summary>
internal sealed class MessageAttempt(MessageDelivery delivery, OutboundDial dial) : ITransactionOwner
{
    private bool _isSent;

    /// <summary>Where it goes and what it says.</summary>
    public OutboundDial Dial => dial;

    /// <summary>Messages of one line go one after the other.</summary>
    public (AorKey, string) Line { get; } = (new AorKey(dial.Contact.Tenant, dial.Contact.Number), dial.Contact.ContactUri);

    /// <summary>The Call-ID of its request.</summary>
    public string CallId { get; } = delivery.NewCallId();

    /// <summary>True once it has its answer, or was given up before it was sent.</summary>
    public bool IsOver { get; private set; }

    /// <summary>True while it waits for its turn.</summary>
    public bool IsWaiting => !_isSent && !IsOver;

    public void Send()
    {
        _isSent = true;
        delivery.Send(this);
    }

    /// <summary>It will not be sent any more.</summary>
    public void GiveUp() => IsOver = true;

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode >= 200)
            Finish(response.StatusCode);
    }

    public void OnTimeout() => Finish(408);

    public void OnTransportFailed() => Finish(503, isUnreachable: true);

    public void OnEnded() => Finish(408);

    private void Finish(int status, bool isUnreachable = false)
    {
        if (IsOver)
            return;

        IsOver = true;
        delivery.Finished(this, status, isUnreachable);
    }
}
