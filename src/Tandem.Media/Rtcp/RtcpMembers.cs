using Tandem.Core.Time;

namespace Tandem.Media.Rtcp;

/// <summary>The other members of an RTP session (RFC 3550 §6.3.3 to §6.3.5): who was heard, and who sends. Bounded.</summary>
internal sealed class RtcpMembers(int limit)
{
    private Member[] _members = new Member[4];

    /// <summary>Members, we ourselves not counted.</summary>
    public int Count { get; private set; }

    /// <summary>Those of them that send.</summary>
    public int Senders { get; private set; }

    /// <summary>Notes a packet of <paramref name="ssrc"/>.</summary>
    public void Heard(uint ssrc, bool isRtp, Moment now)
    {
        var index = Find(ssrc);
        if (index < 0)
        {
            if (Count >= limit)
                return;

            if (Count == _members.Length)
                Array.Resize(ref _members, Math.Min(limit, Count * 2));

            index = Count++;
            _members[index] = new Member { Ssrc = ssrc };
        }

        ref var member = ref _members[index];
        member.LastHeard = now;
        if (!isRtp)
            return;

        member.LastRtp = now;
        if (!member.IsSender)
        {
            member.IsSender = true;
            Senders++;
        }
    }

    /// <summary>Takes a member out; false when it is none.</summary>
    public bool Remove(uint ssrc)
    {
        var index = Find(ssrc);
        if (index < 0)
            return false;

        RemoveAt(index);
        return true;
    }

    /// <summary>§6.3.5: who was not heard since <paramref name="heardSince"/> goes, who did not send since <paramref name="sentSince"/> is no sender.</summary>
    public bool Expire(Moment heardSince, Moment sentSince)
    {
        var removed = false;
        for (var i = Count - 1; i >= 0; i--)
        {
            ref var member = ref _members[i];
            if (member.IsSender && member.LastRtp < sentSince)
            {
                member.IsSender = false;
                Senders--;
            }

            if (member.LastHeard < heardSince)
            {
                RemoveAt(i);
                removed = true;
            }
        }

        return removed;
    }

    public void Clear()
    {
        Count = 0;
        Senders = 0;
    }

    private int Find(uint ssrc)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_members[i].Ssrc == ssrc)
                return i;
        }

        return -1;
    }

    private void RemoveAt(int index)
    {
        if (_members[index].IsSender)
            Senders--;
        _members[index] = _members[--Count];
    }

    private struct Member
    {
        public uint Ssrc;
        public Moment LastHeard;
        public Moment LastRtp;
        public bool IsSender;
    }
}
