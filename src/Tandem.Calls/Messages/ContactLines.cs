using Tandem.Calls.Registrar;

namespace Tandem.Calls.Messages;

/// <summary>
/// One message at a time to each contact (RFC 3428 §8): the next one goes out when the last one has its answer. Belongs to one shard;
/// a contact that waits for nothing has no line.
/// </summary>
internal sealed class ContactLines(int maxWaiting)
{
    private readonly Dictionary<(AorKey, string), Queue<MessageAttempt>> _lines = [];

    /// <summary>Contacts that a message is on its way to.</summary>
    public int Count => _lines.Count;

    /// <summary>Sends an attempt now, or when its turn comes; false when too many wait.</summary>
    public bool TryJoin(MessageAttempt attempt)
    {
        if (!_lines.TryGetValue(attempt.Line, out var waiting))
        {
            _lines.Add(attempt.Line, new Queue<MessageAttempt>());
            attempt.Send();
            return true;
        }

        if (waiting.Count >= maxWaiting)
            return false;

        waiting.Enqueue(attempt);
        return true;
    }

    /// <summary>An attempt that was sent is over.</summary>
    public void Leave(MessageAttempt attempt)
    {
        if (!_lines.TryGetValue(attempt.Line, out var waiting))
            return;

        while (waiting.TryDequeue(out var next))
        {
            if (next.IsOver)
                continue;

            next.Send();
            return;
        }

        _lines.Remove(attempt.Line);
    }
}
