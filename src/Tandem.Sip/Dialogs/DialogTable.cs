namespace Tandem.Sip.Dialogs;

/// <summary>The dialogs of one engine, bounded.</summary>
public sealed class DialogTable
{
    private readonly Dictionary<DialogId, Dialog> _dialogs = new(new DialogIdComparer());
    private readonly Dictionary<DialogId, Dialog>.AlternateLookup<DialogLookup> _lookup;
    private readonly int _limit;

    internal DialogTable(int limit)
    {
        _limit = limit;
        _lookup = _dialogs.GetAlternateLookup<DialogLookup>();
    }

    /// <summary>Early and confirmed dialogs.</summary>
    public int Count => _dialogs.Count;

    /// <summary>True when no other dialog fits in.</summary>
    public bool IsFull => _dialogs.Count >= _limit;

    /// <summary>The dialog with this identifier; null when there is none.</summary>
    public Dialog? Find(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag) =>
        _lookup.TryGetValue(new DialogLookup(callId, localTag, remoteTag), out var dialog) ? dialog : null;

    /// <summary>Adds a dialog; false when the table is full or has one with this identifier.</summary>
    public bool Add(Dialog dialog) => !IsFull && AddAdmitted(dialog);

    /// <summary>Adds the dialog of an INVITE that was let in while there was room; false when its identifier exists.</summary>
    internal bool AddAdmitted(Dialog dialog)
    {
        if (!_dialogs.TryAdd(dialog.Id, dialog))
            return false;

        dialog.Table = this;
        return true;
    }

    internal void Remove(Dialog dialog) => _dialogs.Remove(dialog.Id);
}
