using System.Text;
using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Programs;

/// <summary>The place of somebody in a conversation, which another one takes.</summary>
/// <param name="Leaving">The dialog of who leaves.</param>
/// <param name="Number">The number of who stays.</param>
internal sealed record MonitorPlace(DialogName Leaving, string Number)
{
    /// <summary>The place on a side of a call; null when nobody is there, or nobody would stay. On the call's shard.</summary>
    public static MonitorPlace? Of(LiveCall call, CallSide side)
    {
        if (call.IsOver || !call.IsAnswered || !call.IsWhole)
            return null;

        var (leaving, staying) = side == CallSide.Caller ? (call.Caller, call.Callee!) : (call.Callee!, call.Caller);
        return leaving.Dialog is { } dialog
            ? new MonitorPlace(
                new DialogName(Encoding.UTF8.GetString(dialog.CallId), Encoding.UTF8.GetString(dialog.LocalTag), Encoding.UTF8.GetString(dialog.RemoteTag)), staying.Number)
            : null;
    }
}
