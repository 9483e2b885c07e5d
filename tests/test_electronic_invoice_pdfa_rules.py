# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Each rule of PDF/A-3 lets pass what follows it and names what does not"
from types import SimpleNamespace

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from trytond.modules.shop_invoicing.document.electronic_invoice_pdfa_rules import (  # noqa: E501
    RULES)

pytestmark = pytest.mark.once

PDF = pikepdf.new()
RGB, CMYK, GREY = b'\0\0\0\x10', b'\0\0\0\x0c', b'\0\0\0\x11'
FONT = {'BaseFont': Name.a, 'FirstChar': 1, 'LastChar': 1,
    'Widths': Array([9])}
FILE = PDF.make_indirect(Dictionary(
        F='a', UF='a', EF=Dictionary(), AFRelationship=Name.Data))
OTHER_FILE = PDF.make_indirect(Dictionary(
        F='a', UF='a', EF=Dictionary(), AFRelationship=Name.Data))


def find(kind, *values):
    walk = SimpleNamespace(inks={}, files=[FILE])
    return [
        obstacle for value in values for obstacle in RULES[kind](value, walk)]


def profile(class_=b'mntr', space=b'RGB ', version=2, n=3):
    return Stream(
        PDF, bytes(8) + bytes([version, 0, 0, 0]) + class_ + space, N=n)


def image(**values):
    return Stream(PDF, b'\0', **values)


def jpx(count=3, bits=7, method=1, number=RGB, head=b'ihdr', colr=b'colr'):
    return Stream(
        PDF, head + bytes(8) + count.to_bytes(2, 'big') + bytes([bits])
        + colr + bytes([method, 0, 0]) + number, Filter=Name.JPXDecode)


def ink(space, tint):
    return Array([Name.Separation, Name.HKS, space, tint])


def device_n(*names, **attributes):
    return Array([
            Name.DeviceN, Array([Name('/' + n) for n in names]),
            Name.DeviceRGB, Dictionary(), Dictionary(**attributes)])


def truetype(flags=0, **values):
    return Dictionary(
        Subtype=Name.TrueType, FontDescriptor=Dictionary(Flags=flags), **FONT,
        **values)


def cidfont(**values):
    return Dictionary(
        Subtype=Name.CIDFontType2, FontDescriptor=Dictionary(),
        BaseFont=Name.a, **values)


@pytest.mark.parametrize('kind, value', [
        ('string', String('a' * 32767)),
        ('name', Name('/' + 127 * 'a')),
        ('number', -2147483647),
        ('numbers', Array([1, True, Array([2])])),
        ('intent', Name.Perceptual),
        ('blend', Name.Multiply),
        ('gstate', Dictionary(TR2=Name.Default)),
        ('image', image(BitsPerComponent=16)),
        ('image', image(BitsPerComponent=1, ImageMask=True)),
        ('image', jpx()),
        ('image', jpx(count=1, number=GREY)),
        ('image', jpx(method=2, number=b'')),
        ('profile', profile()),
        ('outputprofile', profile()),
        ('outputintent', Dictionary(
                S=Name.GTS_PDFA1, DestOutputProfile=profile())),
        ('catalog', Dictionary(OutputIntents=Array([1]))),
        ('/Separation', ink(Name.DeviceRGB, Dictionary())),
        ('/DeviceN', device_n('a', 'None', Colorants=Dictionary(a=1))),
        ('/DeviceN', device_n(
                'a', Process=Dictionary(Components=Array([Name.a])))),
        ('descriptor', Dictionary(FontFile2=1)),
        ('simple', Dictionary(
                Subtype=Name.Type1, FontDescriptor=Dictionary(), **FONT)),
        ('simple', truetype(Encoding=Name.WinAnsiEncoding)),
        ('simple', truetype(Encoding=Dictionary(
                    BaseEncoding=Name.MacRomanEncoding))),
        ('simple', truetype(4)),
        ('type0', Dictionary(Encoding=Name('/Identity-V'))),
        ('type3', Dictionary(Resources=Dictionary())),
        ('cidfont', cidfont(CIDToGIDMap=Name.Identity)),
        ('cidfont', cidfont(CIDToGIDMap=image())),
        ('page', Dictionary(MediaBox=Array([0, 0, 14400, 3]))),
        ('annotation', Dictionary(Subtype=Name.Link, F=4)),
        ('action', Dictionary(S=Name.GoTo)),
        ('filespec', FILE),
        ('file', Dictionary(Subtype=Name('/text/xml'))),
        ])
def test_what_follows_the_rule(kind, value):
    assert find(kind, value) == []


@pytest.mark.parametrize('kind, value, about', [
        ('string', String('a' * 32768), 'String (6.1.13)'),
        ('name', Name('/' + 128 * 'a'), 'Name (6.1.13)'),
        ('number', -2147483648, 'Integer (6.1.13)'),
        ('numbers', Array([Array([2147483648])]), 'Integer (6.1.13)'),
        ('intent', Name.Best, 'Best (6.2.6)'),
        ('blend', Name.Glow, 'BM (6.2.10)'),
        ('gstate', Dictionary(TR=Name.Default), 'TR (6.2.5)'),
        ('gstate', Dictionary(TR2=Name.Identity), 'TR2 (6.2.5)'),
        ('image', image(BitsPerComponent=8, ImageMask=True),
            'BitsPerComponent (6.2.8)'),
        ('image', jpx(head=b''), 'JPXDecode (6.2.8.3)'),
        ('image', jpx(colr=b'bpcccolr'), 'JPXDecode (6.2.8.3)'),
        ('image', jpx(colr=b''), 'JPXDecode (6.2.8.3)'),
        ('image', jpx(count=2), 'JPXDecode (6.2.8.3)'),
        ('image', jpx(bits=38), 'JPXDecode (6.2.8.3)'),
        ('image', jpx(method=3), 'JPXDecode (6.2.8.3)'),
        ('image', jpx(number=b'\0\0\0\x0e'), 'JPXDecode (6.2.8.3)'),
        ('profile', profile(b'link'), 'ICCBased (6.2.4.2)'),
        ('profile', profile(version=5), 'ICCBased (6.2.4.2)'),
        ('profile', profile(n=4), 'ICCBased (6.2.4.2)'),
        ('outputprofile', profile(b'scnr'), 'DestOutputProfile (6.2.3)'),
        ('outputprofile', profile(space=b'Lab '),
            'DestOutputProfile (6.2.3)'),
        ('outputintent', Dictionary(S=Name.GTS_PDFX),
            'OutputIntent (6.2.3)'),
        ('catalog', Dictionary(OutputIntents=Array([1, 2])),
            'OutputIntents (6.2.3)'),
        ('/DeviceN', device_n('a', 'b', Colorants=Dictionary(a=1)),
            'DeviceN (6.2.4.4)'),
        ('/DeviceN', device_n(
                *(f'n{i}' for i in range(33)),
                Colorants=Dictionary({f'/n{i}': i for i in range(33)})),
            'DeviceN (6.2.4.4)'),
        ('simple', Dictionary(FontDescriptor=Dictionary(), FirstChar=1,
                LastChar=2, Widths=Array([9])), 'Widths (6.2.11.2)'),
        ('simple', truetype(), 'Encoding (6.2.11.6)'),
        ('simple', truetype(4, Encoding=Name.WinAnsiEncoding),
            'Encoding (6.2.11.6)'),
        ('simple', truetype(Encoding=Dictionary()), 'Encoding (6.2.11.6)'),
        ('simple', truetype(Encoding=Dictionary(
                    BaseEncoding=Name.WinAnsiEncoding,
                    Differences=Array([]))), 'Encoding (6.2.11.6)'),
        ('type0', Dictionary(Encoding=Name.Own), 'Encoding (6.2.11.3)'),
        ('type3', Dictionary(), 'Resources (6.2.2)'),
        ('cidfont', cidfont(), 'CIDToGIDMap (6.2.11.3.2)'),
        ('page', Dictionary(CropBox=Array([0, 0, 14401, 3])),
            'CropBox (6.1.13)'),
        ('page', Dictionary(MediaBox=Array([0, 9, 9, 7])),
            'MediaBox (6.1.13)'),
        ('annotation', Dictionary(Subtype=Name.Movie, F=4),
            'Movie (6.3.1)'),
        ('annotation', Dictionary(Subtype=Name.Link), 'F (6.3.2)'),
        ('action', Dictionary(S=Name.Launch), 'Launch (6.5.1)'),
        ('filespec', OTHER_FILE, 'AF (6.8)'),
        ('file', Dictionary(Subtype=Name.xml), 'Subtype (6.8)'),
        ])
def test_what_breaks_the_rule(kind, value, about):
    assert ('object', about) in find(kind, value)


@pytest.mark.parametrize('kind, value, obstacle', [
        ('image', image(Interpolate=True), ('interpolated', '')),
        ('image', jpx(count=4, number=CMYK), ('cmyk', '')),
        ('descriptor', Dictionary(FontName=Name.Own), ('font', 'Own')),
        ('simple', Dictionary(BaseFont=Name.Own), ('font', 'Own')),
        ('cidfont', Dictionary(BaseFont=Name.Own), ('font', 'Own')),
        ('action', Dictionary(S=Name.JavaScript), ('active', 'JavaScript')),
        ])
def test_what_has_a_reason_of_its_own(kind, value, obstacle):
    assert find(kind, value) == [obstacle]


def test_a_file_without_relation():
    value = Dictionary(F='a', UF='a', EF=Dictionary())
    assert ('object', 'Filespec (6.8)') in find('filespec', value)


def test_an_ink_that_looks_different_elsewhere():
    tint = PDF.make_indirect(Dictionary())
    same = ink(Name.DeviceRGB, tint)
    assert find('/Separation', same, same) == []
    for other in [ink(Name.DeviceGray, tint), ink(
            Name.DeviceRGB, PDF.make_indirect(Dictionary()))]:
        assert find('/Separation', same, other) == [
            ('object', 'HKS (6.2.4.4)')]
