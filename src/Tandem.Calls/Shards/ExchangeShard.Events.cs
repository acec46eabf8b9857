using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Transactions;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Shards;

/// <summary>The way of the engine's events to whom they are for.</summary>
public sealed partial class ExchangeShard
{
    // Events become turns of the stories, and what the stories do may raise events: until both are still.
    private void Settle()
    {
        do
        {
            while (Engine.TryTakeEvent(out var e))
            {
                try
                {
                    // The event's reference of its message ends here: who keeps the message retains it, or copies what it needs.
                    Dispatch(e);
                    e.Message?.Release();
                }
                catch (Exception fault) when (CallOf(e) is { } call)
                {
                    call.Fault(fault);
                }
            }
        }
        while (Turns.RunAll() > 0);
    }

    private void Dispatch(in SipEvent e)
    {
        if (e.Client is { } client)
        {
            ToSender(e, client);
            return;
        }

        switch (e.Kind)
        {
            case SipEventKind.Request when e.Dialog?.Owner is IDialogUser user:
                if (_strangers.Admits(e.Message!, e.Server!, e.Dialog, user))
                    user.OnRequest(e.Message!, e.Server!);
                break;
            case SipEventKind.Request when _handlers[(int)e.Message!.Method] is { } handler:
                handler.Receive(e.Message, e.Server!);
                break;
            case SipEventKind.Request:
                _others.Receive(e.Message!, e.Server!);
                break;
            case SipEventKind.Ack2xx:
                (e.Dialog?.Owner as IDialogUser)?.OnAck(e.Message!);
                break;
            case SipEventKind.Cancelled:
                (e.Server?.Owner as IDialogUser)?.OnCancelled(e.Server!, e.Message);
                break;
            case SipEventKind.Timeout when e.Server is { IsInvite: true, State: not TransactionState.Completed }:
                (e.Server.Owner as IDialogUser)?.OnServerFailed(transport: false);
                break;
            case SipEventKind.TransportFailed when e.Server is { IsInvite: true }:
                (e.Server.Owner as IDialogUser)?.OnServerFailed(transport: true);
                break;
            default:
                break;
        }
    }

    // RFC 5626 §4.3 seen from here: the phone of a dialog whose connection is gone may have come back over another one.
    private SipFlow? FindFlow(Dialog dialog) =>
        dialog.Flow.Transport == SipTransportKind.Internal || _shared.Registrar.IsConnectionOpen(dialog.Flow.Connection)
        ? null
        : (dialog.Owner as LegLink)?.Leg?.Device?.Find(_shared.Registrar, dialog);

    private static LiveCall? CallOf(in SipEvent e)
    {
        var link = e.Dialog?.Owner as LegLink ?? e.Server?.Owner as LegLink;
        if (link is not null || e.Client?.Owner is not { } owner)
            return link?.Leg?.Call;

        return owner is Leg sender ? sender.Call : (owner as OutgoingRequest)?.Call;
    }

    private void ToSender(in SipEvent e, ClientTransaction client)
    {
        if (client.Owner is not ITransactionOwner owner)
        {
            // It takes the message over.
            e.Message?.Retain();
            if (!_registrar.TakeKeepAlive(e, _environment.Now))
                e.Message?.Release();
            return;
        }

        switch (e.Kind)
        {
            case SipEventKind.Response:
                owner.OnResponse(e.Message!, client, e.Dialog);
                break;
            case SipEventKind.Timeout:
                owner.OnTimeout();
                break;
            case SipEventKind.TransportFailed:
                owner.OnTransportFailed();
                break;
            case SipEventKind.TransactionEnded:
                owner.OnEnded();
                break;
            default:
                break;
        }
    }
}
