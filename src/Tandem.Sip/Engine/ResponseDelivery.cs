using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>What the UAC core does with a response before the user sees it: dialogs, and the ACK of a repeated 2xx.</summary>
internal sealed class ResponseDelivery(EngineCore core)
{
    private const int SuccessFactor = 4;

    /// <summary>Raises the event; it carries a reference of its own.</summary>
    public void Deliver(ClientTransaction client, SipMessage response, in SipFlow flow)
    {
        var dialog = client.IsInvite ? OfInvite(client, response, flow) : OfOther(client, response);
        if (dialog is not null && (!dialog.IsGuarded || core.Lets(flow)))
            dialog.Follow(flow);

        if (dialog is not null && client.IsInvite && response.StatusCode is >= 200 and < 300
            && dialog.FindAck(response.CSeq, out var target) is { } ack)
        {
            // RFC 3261 §13.2.2.4: the ACK was lost or was too slow; the user has done its part.
            core.Counters.Count(EngineCounter.AcksRepeated);
            core.Send(target, ack.Retain(), 0);
            return;
        }

        // A session whose dialog there is no room for can be neither acknowledged nor ended; the callee's own timer does it.
        if (dialog is null && client is { IsInvite: true, IsInitial: true } && response.StatusCode is >= 200 and < 300)
            return;

        core.Raise(new SipEvent(SipEventKind.Response, response.Retain(), flow, null, client, dialog));
    }

    private Dialog? OfInvite(ClientTransaction client, SipMessage response, in SipFlow flow)
    {
        var status = response.StatusCode;
        if (status == 100)
            return null;

        var dialog = FindFork(client, response.ToTag) ?? Find(response);
        if (status >= 300)
        {
            core.EndForks(client);
            return dialog;
        }

        // A re-INVITE opens nothing: when its dialog is gone, its late responses belong to none.
        if (dialog is null)
            return client.IsInitial ? Open(client, response, flow) : null;

        if (status >= 200)
            dialog.Confirm(response);
        else if (dialog.State == DialogState.Early)
            dialog.UpdateTarget(response);
        return dialog;
    }

    private Dialog? OfOther(ClientTransaction client, SipMessage response)
    {
        var dialog = Find(response);
        if (dialog is not null && client.Method == SipMethod.Update && response.StatusCode is >= 200 and < 300)
            dialog.UpdateTarget(response);
        return dialog;
    }

    // Also one that the user has ended meanwhile: its 2xx may come again and wants its ACK again, not a new dialog.
    private static Dialog? FindFork(ClientTransaction client, ReadOnlySpan<byte> tag)
    {
        var fork = client.Forks;
        while (fork is not null && !fork.RemoteTag.SequenceEqual(tag))
            fork = fork.NextFork;
        return fork;
    }

    private Dialog? Find(SipMessage response) => core.Dialogs.Find(response.CallId, response.FromTag, response.ToTag);

    private Dialog? Open(ClientTransaction client, SipMessage response, in SipFlow flow)
    {
        var forks = 0;
        for (var fork = client.Forks; fork is not null; fork = fork.NextFork)
            forks++;

        // A 2xx is a session that exists and must be ended if it is not wanted: it gets its dialog even above the limit, but
        // not without end, for a hostile callee can invent as many as it likes.
        var isSuccess = response.StatusCode >= 200;
        if (isSuccess ? forks >= core.Options.MaxForks * SuccessFactor : forks >= core.Options.MaxForks || core.Dialogs.IsFull)
        {
            core.Counters.Count(EngineCounter.TableFull);
            return null;
        }

        // Who is anybody's choice may have forged the source of the response, so that the ACK goes there.
        if (Dialog.FromResponse(client, response, client.IsGuarded && !core.Lets(flow) ? client.Target : flow) is not { } dialog || !core.Dialogs.AddAdmitted(dialog))
            return null;

        dialog.IsGuarded = client.IsGuarded;

        dialog.NextFork = client.Forks;
        client.Forks = dialog;
        return dialog;
    }
}
