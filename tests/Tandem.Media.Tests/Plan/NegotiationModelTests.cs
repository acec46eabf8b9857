using FsCheck;
using FsCheck.Fluent;
using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Plan;

/// <summary>
/// Any sequence of offers, answers, holds and refusals of both sides: what each side has been told and the plan say the same, and a refusal
/// changes nothing.
/// </summary>
public sealed class NegotiationModelTests
{
    private static readonly string[] Codecs = ["0", "8", "0 8", "9 0", "96 0", "96", "4", "18 8", "96 97 0 101", "0 101"];
    private static readonly string[] Directions = ["", "a=sendonly\n", "a=recvonly\n", "a=inactive\n", "c=IN IP4 0.0.0.0\n"];
    private static readonly string[] Transports = ["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "UDP/TLS/RTP/SAVPF"];

    private enum Act
    {
        Offer,
        Answer,
        Accept,
        Create,
        Abandon,
        Leave,
    }

    [Fact]
    public void Both_descriptions_and_the_plan_agree_whatever_happens()
    {
        var step = from act in Gen.Frequency((6, Gen.Constant(Act.Offer)), (8, Gen.Constant(Act.Answer)), (1, Gen.Constant(Act.Accept)), (1, Gen.Constant(Act.Create)), (1, Gen.Constant(Act.Abandon)), (1, Gen.Constant(Act.Leave)))
                   from side in Gen.Elements(MediaSide.A, MediaSide.B)
                   from codecs in Gen.Elements(Codecs)
                   from direction in Gen.Elements(Directions)
                   from transport in Gen.Elements(Transports)
                   from video in Gen.Elements(0, 0, 1, 2)
                   select new Step(act, side, codecs, direction, transport, video);
        var policy = from srtp in Gen.Elements(SrtpPolicy.Never, SrtpPolicy.Offered, SrtpPolicy.Required)
                     from browser in Gen.Elements(false, false, true)
                     from plays in Gen.Elements(false, true)
                     select new LegPolicy { Srtp = srtp, IsBrowser = browser && srtp != SrtpPolicy.Never, PlaysOnHold = plays, OffersKeys = plays };
        var run = from a in policy
                  from b in policy
                  from steps in step.ListOf().Resize(25)
                  select (a, b, steps);
        Prop.ForAll(run.ToArbitrary(), r => Run(r.a, r.b, [.. r.steps])).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    private static void Run(LegPolicy a, LegPolicy b, Step[] steps)
    {
        var rig = new NegotiationRig();
        rig.Session.Expect(MediaSide.A, a);
        rig.Session.Expect(MediaSide.B, b);
        var told = new SdpDocument?[2];
        var said = new SdpDocument?[2];
        (MediaSide? From, MediaSide To, SdpDocument? Offer, SdpDocument Written)? open = null;
        foreach (var step in steps)
        {
            var plan = rig.Plan;
            var other = PlanCompiler.Other(step.Side);
            MediaAnswer result;
            switch (step.Act)
            {
                case Act.Offer:
                    var offer = step.Sdp(null);
                    result = rig.Session.Offer(step.Side, offer);
                    if (result.IsAccepted)
                        open = (step.Side, other, Parse(offer), Parse(result.Sdp));
                    Assert.Same(plan, rig.Plan);
                    break;
                case Act.Answer:
                    if (open is not { } waiting)
                        continue;

                    var answer = (step with { Side = waiting.To }).Sdp(waiting.Written);
                    result = rig.Session.Answer(waiting.To, answer);
                    if (result.IsAccepted)
                    {
                        (said[(int)waiting.To], told[(int)waiting.To]) = (Parse(answer), waiting.Written);
                        if (waiting.From is { } from)
                            (said[(int)from], told[(int)from]) = (waiting.Offer, Parse(result.Sdp));
                        open = null;
                    }
                    else
                    {
                        Assert.Same(plan, rig.Plan);
                        rig.Session.Abandon();
                        open = null;
                    }

                    break;
                case Act.Accept:
                    var alone = step.Sdp(null);
                    result = rig.Session.Accept(step.Side, alone);
                    if (result.IsAccepted)
                        (said[(int)step.Side], told[(int)step.Side]) = (Parse(alone), Parse(result.Sdp));
                    break;
                case Act.Create:
                    result = rig.Session.Create(step.Side);
                    if (result.IsAccepted)
                        open = (null, step.Side, null, Parse(result.Sdp));
                    break;
                case Act.Leave:
                    rig.Session.Leave(step.Side);
                    (said[(int)step.Side], told[(int)step.Side], open) = (null, null, null);
                    continue;
                default:
                    rig.Session.Abandon();
                    Assert.Same(plan, rig.Plan);
                    open = null;
                    continue;
            }

            Assert.Equal(result.IsAccepted, result.Text.Length == 0);
            rig.Session.ReleasePorts();
            for (var side = MediaSide.A; side <= MediaSide.B; side++)
                Agrees(rig, side, side == MediaSide.A ? a : b, said[(int)side], told[(int)side]);
        }
    }

    // What the plan says of a side is what that side said and was told last.
    private static void Agrees(NegotiationRig rig, MediaSide side, LegPolicy policy, SdpDocument? said, SdpDocument? told)
    {
        for (var i = 0; i < rig.Plan.Lines.Count; i++)
        {
            if (rig.Plan.Lines[i]?[side] is not { } line)
                continue;

            Assert.NotNull(said);
            Assert.NotNull(told);
            var (theirs, ours) = (said.Media[i], told.Media[i]);
            Assert.False(theirs.IsOff || ours.IsOff && !ours.IsBundleOnly);
            Assert.Equal(theirs.EffectiveDirection.HasFlag(SdpDirection.SendOnly) && ours.Direction.HasFlag(SdpDirection.RecvOnly), line.Sends);
            Assert.Equal(theirs.EffectiveDirection.HasFlag(SdpDirection.RecvOnly) && ours.Direction.HasFlag(SdpDirection.SendOnly), line.Receives);
            var transport = rig.Plan.Transport(i, side)!;
            Assert.Equal(theirs.RtcpMux && ours.RtcpMux, transport.Mux);
            Assert.True(rig.Ports.Reserved.TryGetValue((line.Transport, side), out var ports) && (ports.Rtcp || transport.Mux || transport.IsOpaque));
            if (policy.Srtp == SrtpPolicy.Required)
                Assert.NotNull(transport.Security);
            if (policy.Srtp == SrtpPolicy.Never)
                Assert.Null(transport.Security);
            Assert.Equal(transport.Security is SdesPlan, ours.Crypto.Count > 0 && theirs.Crypto.Count > 0 && transport.Security is not DtlsPlan);

            // What we send, the side has named; what it may send, we have.
            if (line.Audio?.Sends is { } sends)
                Assert.Contains(theirs.Formats, f => f.PayloadType == sends.PayloadType && f.Is(sends.Format.Name));
            foreach (var format in line.Audio?.Receives ?? [])
                Assert.Contains(ours.Formats.Concat(theirs.Formats), f => f.PayloadType == format.PayloadType && f.Is(format.Format.Name));
            if (rig.Plan.Lines[i]!.Renaming(PlanCompiler.Other(side)) is { } renaming)
                Assert.All(rig.Plan.Lines[i]![PlanCompiler.Other(side)]!.Audio?.Receives ?? [], f => Assert.True(renaming[f.PayloadType] == LinePlan.NotShared || theirs.Formats.Any(t => t.PayloadType == renaming[f.PayloadType])));
        }
    }

    private static SdpDocument Parse(ReadOnlyMemory<byte> sdp)
    {
        Assert.True(SdpParser.TryParse(sdp, new MediaOptions(), out var document, out var error), error);
        return document;
    }

    private sealed record Step(Act Act, MediaSide Side, string Codecs, string Direction, string Transport, int Video)
    {
        private const string Maps = "a=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/48000\na=rtpmap:101 telephone-event/8000\n";
        private const string Dtls = "a=setup:actpass\na=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\na=rtcp-mux\n";

        public byte[] Sdp(SdpDocument? answers)
        {
            var text = new System.Text.StringBuilder();
            if (answers is null)
            {
                text.Append(Section("audio", Codecs, Maps, Transport, 1));
                if (Video > 0)
                    text.Append(Section("video", Video == 1 ? "98" : "96", "a=rtpmap:98 VP8/90000\na=rtpmap:96 H264/90000\n", Transport, 1));
                return NegotiationRig.Sdp(Side, text.ToString());
            }

            foreach (var media in answers.Media)
            {
                // A phone that takes part of what it is offered, in the protocol of the offer.
                var count = 1 + (Codecs.Length % media.Formats.Count);
                var formats = string.Join(' ', media.Formats.Take(count).Select(f => f.Token));
                var maps = string.Concat(media.Formats.Take(count).Where(f => f.Name.Length > 0).Select(f => $"a=rtpmap:{f.Token} {f.Name}/{f.ClockRate}{(f.Channels > 1 ? "/2" : "")}\n"));
                var tag = media.Crypto.Count == 0 ? 1 : int.Parse(media.Crypto[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
                text.Append(media.IsOff || (media.Kind == "video" && Video == 0)
                    ? $"m={media.Kind} 0 {media.Protocol} {media.Formats[0].Token}\n"
                    : Section(media.Kind, formats, maps, media.Protocol, tag, media.Crypto.Count > 0, media.Mid));
            }

            var mids = answers.Bundles.Count > 0 ? $"a=group:BUNDLE {string.Join(' ', answers.Bundles[0].Where(mid => Video > 0 || answers.Media.First(m => m.Mid == mid).Kind != "video"))}\n" : "";
            return NegotiationRig.Sdp(Side, text.ToString(), mids);
        }

        private string Section(string kind, string formats, string maps, string protocol, int tag, bool hasKey = true, string mid = "")
        {
            var dtls = protocol.StartsWith("UDP", StringComparison.Ordinal);
            return $"m={kind} {(kind == "audio" ? 5000 : 5002)} {protocol} {formats}\n{Direction}{maps}"
                + (protocol.Contains("SAVP", StringComparison.Ordinal) && !dtls && hasKey ? $"a=crypto:{tag} AES_CM_128_HMAC_SHA1_80 {NegotiationRig.Key1}\n" : "")
                + (dtls ? Dtls : "") + (mid.Length > 0 ? $"a=mid:{mid}\n" : "");
        }
    }
}
