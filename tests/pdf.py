# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Making small PDF files and looking at their pages"
import io

import pikepdf
import pypdfium2
import weasyprint

A4 = 210, 297
MM = 72 / 25.4


def make_pdf(*pages, size='A4', **options):
    "Return a PDF of which each page shows the HTML"
    style = (
        f'@page {{ size: {size}; margin: 0 }} '
        'body { margin: 0 } section { break-after: page }')
    body = ''.join(f'<section>{page}</section>' for page in pages)
    html = f'<html><style>{style}</style><body>{body}</body></html>'
    return weasyprint.HTML(string=html).write_pdf(**options)


def make_mark(color, left=0, top=0, width=10, height=10):
    "Return the HTML of a rectangle, in mm"
    return (
        f'<div style="position: absolute; background: {color}; '
        f'left: {left}mm; top: {top}mm; '
        f'width: {width}mm; height: {height}mm">&#160;</div>')


def change_pdf(data, change, **options):
    "Return the PDF after the change of its pikepdf object"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        output = io.BytesIO()
        pdf.save(output, **options)
        return output.getvalue()


def get_colors(data, page, *places):
    "Return the colors, as name or hexadecimal, at places in mm of the page"
    image = render(data, page)
    names = {
        '#ff0000': 'red', '#0000ff': 'blue', '#ffffff': 'white',
        '#008000': 'green'}
    colors = []
    for left, top in places:
        pixel = image.getpixel((round(left * MM), round(top * MM)))
        color = '#%02x%02x%02x' % pixel[:3]
        colors.append(names.get(color, color))
    return colors


def render(data, page, scale=1):
    "Return the image of a page as a viewer shows it"
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return document[page].render(scale=scale).to_pil().convert('RGB')
